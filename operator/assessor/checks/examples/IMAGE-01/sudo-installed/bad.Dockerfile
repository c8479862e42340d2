# expect: problem
FROM debian:13.1-slim
RUN apt-get install -y sudo
