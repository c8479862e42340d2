# expect: problem
FROM debian:13.1-slim
COPY . /app
