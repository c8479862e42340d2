# expect: problem
FROM debian:latest
