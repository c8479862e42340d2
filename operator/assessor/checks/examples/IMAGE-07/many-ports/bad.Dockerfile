# expect: problem
FROM debian:13.1-slim
EXPOSE 8000-9000
