# expect: none
FROM debian:13.1-slim
COPY certs/ca.crt /etc/ssl/certs/
