// Command controlplane is a Kubernetes control plane for tests and demos: the
// real etcd, the real kube-apiserver and a handful of real controllers behind
// one binary. It has no kubelet, no scheduler and no security of its own beyond
// what its caller passes; it is meant for loopback and for minutes.
package main

import (
	"fmt"
	"os"
	_ "time/tzdata" // CronJob time zones work without the host's database.

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

const usage = `usage: controlplane COMMAND [flags]

commands:
  etcd             the etcd server; flags as etcd's
  kube-apiserver   the API server; flags as kube-apiserver's
  controllers      default service accounts, aggregated ClusterRoles, namespace
                   deletion, garbage collection and the built-in workloads;
                   needs --kubeconfig
`

func main() {
	if len(os.Args) < 2 {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	command := os.Args[1]
	// Each component parses os.Args itself: give it what it would see alone.
	os.Args = os.Args[1:]
	switch command {
	case "etcd":
		etcdmain.Main(os.Args)
	case "kube-apiserver":
		os.Exit(cli.Run(app.NewAPIServerCommand()))
	case "controllers":
		if err := runControllers(os.Args[1:]); err != nil {
			fmt.Fprintf(os.Stderr, "controllers: %v\n", err)
			os.Exit(1)
		}
	default:
		fmt.Fprintf(os.Stderr, "controlplane: unknown command %q\n\n%s", command, usage)
		os.Exit(2)
	}
}
