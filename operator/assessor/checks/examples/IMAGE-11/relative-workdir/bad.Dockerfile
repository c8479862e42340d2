# expect: problem
FROM debian:13.1-slim
WORKDIR /app
WORKDIR src
