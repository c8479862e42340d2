# expect: problem
FROM debian:13.1-slim
# Try it with https://admin:Xq7vRt2LpW9z@registry.example.com
CMD ["app"]
