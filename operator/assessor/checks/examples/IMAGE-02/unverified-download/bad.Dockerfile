# expect: problem
FROM debian:13.1-slim
ADD https://example.com/tool.tar.gz /tmp/
