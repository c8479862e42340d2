# expect: problem
FROM debian:13.1-slim
RUN sudo apt-get update
