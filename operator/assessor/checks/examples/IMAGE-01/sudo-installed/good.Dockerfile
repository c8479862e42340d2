# expect: none
FROM debian:13.1-slim AS build
RUN apt-get install -y sudo
FROM debian:13.1-slim
COPY --from=build /app /app
