# expect: problem
FROM debian:13.1-slim
RUN apt-get install -y build-essential=12.12
