# expect: problem
FROM debian:13.1-slim
EXPOSE 80808
