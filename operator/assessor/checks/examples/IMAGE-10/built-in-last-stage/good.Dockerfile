# expect: none
FROM golang:1.25.3 AS build
RUN go build -o /app ./cmd/app
FROM debian:13.1-slim
COPY --from=build /app /app
