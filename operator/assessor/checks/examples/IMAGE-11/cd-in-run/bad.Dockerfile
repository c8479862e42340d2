# expect: problem
FROM debian:13.1-slim
WORKDIR /
RUN cd /src && make
