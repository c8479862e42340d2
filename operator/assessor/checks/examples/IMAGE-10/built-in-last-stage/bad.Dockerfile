# expect: problem
FROM golang:1.25.3
RUN go build -o /app ./cmd/app
