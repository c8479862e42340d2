# expect: none
FROM debian:13.1-slim
# The address of the registry is in the pipeline.
CMD ["app"]
