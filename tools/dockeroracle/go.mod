module kube-assessor.dev/dockeroracle

go 1.26.8

require (
	github.com/moby/buildkit v0.34.2
	github.com/moby/patternmatcher v0.6.1
)

require github.com/pkg/errors v0.9.1 // indirect
