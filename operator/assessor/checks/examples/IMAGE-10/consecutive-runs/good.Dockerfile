# expect: none
FROM debian:13.1-slim
RUN mkdir /data \
 && chown 65532 /data
