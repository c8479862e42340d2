# expect: problem
FROM debian:13.1-slim
# hadolint global ignore=DL3008,DL3009
RUN apt-get install -y ca-certificates
