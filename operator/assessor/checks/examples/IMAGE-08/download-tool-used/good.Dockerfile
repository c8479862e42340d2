# expect: none
FROM debian:13.1 AS fetch
RUN curl -fsSLo /tool https://example.com/tool
FROM debian:13.1-slim
COPY --from=fetch /tool /tool
