# expect: problem
FROM debian:13.1-slim
CMD ["/usr/sbin/sshd", "-D"]
