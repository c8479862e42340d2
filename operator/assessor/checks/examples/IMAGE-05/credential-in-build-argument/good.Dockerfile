# expect: none
FROM node:24.11.0-slim
ARG NODE_OPTIONS
RUN --mount=type=secret,id=npm,target=/root/.npmrc npm ci
