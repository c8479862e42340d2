# expect: none
FROM alpine:3.22.2 AS fetch
RUN apk add --no-cache curl=8.14.1-r2
FROM alpine:3.22.2
COPY --from=fetch /tool /tool
