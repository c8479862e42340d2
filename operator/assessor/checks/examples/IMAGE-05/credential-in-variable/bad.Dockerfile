# expect: problem
FROM debian:13.1-slim
ENV DB_PASSWORD=Xq7vRt2LpW9z
