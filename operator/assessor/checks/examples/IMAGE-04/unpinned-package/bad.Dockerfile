# expect: problem
FROM debian:13.1-slim
RUN apt-get update && apt-get install -y nginx
