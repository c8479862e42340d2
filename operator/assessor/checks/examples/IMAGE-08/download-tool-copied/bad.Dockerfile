# expect: problem
FROM debian:13.1-slim
COPY --from=build /usr/bin/curl /usr/bin/curl
