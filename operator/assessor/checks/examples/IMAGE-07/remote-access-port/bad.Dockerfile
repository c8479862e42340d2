# expect: problem
FROM debian:13.1-slim
EXPOSE 8080 22
