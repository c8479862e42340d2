# expect: problem
FROM node:24.11.0-slim
ARG NPM_TOKEN
RUN npm ci
