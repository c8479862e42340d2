# expect: none
FROM debian:13.1-slim
RUN --mount=type=secret,id=token ./fetch --token-file=/run/secrets/token
