# expect: none
FROM node:24.11.0-slim
RUN npm ci
