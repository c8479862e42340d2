# expect: problem
FROM debian:13.1-slim
RUN mkdir /data
RUN chown 65532 /data
