# expect: problem
FROM alpine:3.22.2
RUN apk add --no-cache ca-certificates=20250911-r0 curl=8.14.1-r2
