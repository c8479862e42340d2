# expect: problem
FROM debian:13.1
RUN curl -fsSLo /tool https://example.com/tool
