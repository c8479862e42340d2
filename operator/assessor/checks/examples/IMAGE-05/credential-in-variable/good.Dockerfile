# expect: none
FROM debian:13.1-slim
ENV DB_PASSWORD_FILE=/run/secrets/db
