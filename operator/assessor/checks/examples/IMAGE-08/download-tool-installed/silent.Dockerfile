# expect: none
FROM alpine:3.22.2
RUN apk add --no-cache ca-certificates=20250911-r0
