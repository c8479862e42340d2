# expect: problem
FROM debian:13.1-slim
RUN ./fetch --token Xq7vRt2LpW9z
