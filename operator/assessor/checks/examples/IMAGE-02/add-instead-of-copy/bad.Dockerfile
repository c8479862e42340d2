# expect: problem
FROM debian:13.1-slim
ADD app.jar /app/
