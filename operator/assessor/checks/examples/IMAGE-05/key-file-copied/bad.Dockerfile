# expect: problem
FROM debian:13.1-slim
COPY certs/server.key /etc/ssl/private/
