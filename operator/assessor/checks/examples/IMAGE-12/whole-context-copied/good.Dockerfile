# expect: none
FROM debian:13.1-slim
COPY src/ /app/src/
