# expect: none
FROM debian:13.1-slim
RUN apt-get update && apt-get install -y nginx=1.26.3-3
