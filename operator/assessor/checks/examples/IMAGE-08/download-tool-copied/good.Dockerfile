# expect: none
FROM debian:13.1-slim
COPY --from=build /usr/local/bin/app /usr/local/bin/
