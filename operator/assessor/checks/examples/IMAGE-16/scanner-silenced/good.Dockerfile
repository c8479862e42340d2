# expect: none
FROM debian:13.1-slim
# hadolint ignore=DL3008 -- the distribution keeps one version only
RUN apt-get install -y ca-certificates
