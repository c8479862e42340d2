# expect: none
FROM debian:13.1 AS build
RUN make
FROM debian:13.1-slim
COPY --from=build /src/app /app
