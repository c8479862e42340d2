# expect: none
FROM debian:13.1-slim AS build
RUN apt-get install -y build-essential=12.12
FROM debian:13.1-slim
COPY --from=build /src/app /usr/local/bin/app
