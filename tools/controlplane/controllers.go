package main

import (
	"context"
	"flag"
	"fmt"
	"os/signal"
	"syscall"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	cacheddiscovery "k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/informers"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/flowcontrol"
	"k8s.io/controller-manager/pkg/informerfactory"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/clusterroleaggregation"
	"k8s.io/kubernetes/pkg/controller/cronjob"
	"k8s.io/kubernetes/pkg/controller/daemon"
	"k8s.io/kubernetes/pkg/controller/deployment"
	"k8s.io/kubernetes/pkg/controller/garbagecollector"
	"k8s.io/kubernetes/pkg/controller/job"
	"k8s.io/kubernetes/pkg/controller/namespace"
	"k8s.io/kubernetes/pkg/controller/replicaset"
	"k8s.io/kubernetes/pkg/controller/serviceaccount"
	"k8s.io/kubernetes/pkg/controller/statefulset"
)

const (
	workers = 4
	// noResync: every controller here acts on watch events alone.
	noResync = 0
	// discoveryPeriod bounds how long a new CRD's objects stay uncollected.
	discoveryPeriod = 5 * time.Second
)

// runner is one controller's blocking main loop.
type runner func(context.Context)

// runControllers runs every controller until SIGINT or SIGTERM.
func runControllers(args []string) error {
	flags := flag.NewFlagSet("controllers", flag.ContinueOnError)
	kubeconfig := flags.String("kubeconfig", "", "path of an administrator's kubeconfig (required)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return fmt.Errorf("kubeconfig %q: %w", *kubeconfig, err)
	}
	config.QPS, config.Burst = 500, 1000

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()

	set, err := newControllerSet(ctx, config)
	if err != nil {
		return err
	}
	for _, run := range set.runners {
		go run(ctx)
	}
	set.shared.Start(ctx.Done())
	set.metadata.Start(ctx.Done())
	close(set.started)
	<-ctx.Done()
	return nil
}

// controllerSet holds the controllers and the informers that they share.
type controllerSet struct {
	shared   informers.SharedInformerFactory
	metadata metadatainformer.SharedInformerFactory
	started  chan struct{}
	runners  []runner
}

func newControllerSet(ctx context.Context, config *rest.Config) (*controllerSet, error) {
	client, err := clientset.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	metadataClient, err := metadata.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	set := &controllerSet{
		shared:   informers.NewSharedInformerFactory(client, noResync),
		metadata: metadatainformer.NewSharedInformerFactory(metadataClient, noResync),
		started:  make(chan struct{}),
	}
	for _, add := range []func(context.Context, clientset.Interface, metadata.Interface) error{
		set.addServiceAccounts,
		set.addClusterRoleAggregation,
		set.addNamespaceDeletion,
		set.addGarbageCollection,
		set.addApps,
		set.addBatch,
	} {
		if err := add(ctx, client, metadataClient); err != nil {
			return nil, err
		}
	}
	return set, nil
}

func (s *controllerSet) add(run runner) { s.runners = append(s.runners, run) }

func (s *controllerSet) addServiceAccounts(ctx context.Context, client clientset.Interface, _ metadata.Interface) error {
	c, err := serviceaccount.NewServiceAccountsController(
		klog.FromContext(ctx),
		s.shared.Core().V1().ServiceAccounts(),
		s.shared.Core().V1().Namespaces(),
		client,
		serviceaccount.DefaultServiceAccountsControllerOptions(),
	)
	if err != nil {
		return fmt.Errorf("service accounts: %w", err)
	}
	s.add(func(ctx context.Context) { c.Run(ctx, workers) })
	return nil
}

func (s *controllerSet) addClusterRoleAggregation(_ context.Context, client clientset.Interface, _ metadata.Interface) error {
	c := clusterroleaggregation.NewClusterRoleAggregation(s.shared.Rbac().V1().ClusterRoles(), client.RbacV1())
	s.add(func(ctx context.Context) { c.Run(ctx, workers) })
	return nil
}

func (s *controllerSet) addNamespaceDeletion(ctx context.Context, client clientset.Interface, metadataClient metadata.Interface) error {
	c := namespace.NewNamespaceController(
		ctx, client, metadataClient, client.Discovery().ServerPreferredNamespacedResources,
		s.shared.Core().V1().Namespaces(), 5*time.Minute, v1.FinalizerKubernetes,
	)
	s.add(func(ctx context.Context) { c.Run(ctx, workers) })
	return nil
}

func (s *controllerSet) addGarbageCollection(ctx context.Context, client clientset.Interface, metadataClient metadata.Interface) error {
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(cacheddiscovery.NewMemCacheClient(client.Discovery()))
	graph := garbagecollector.NewDependencyGraphBuilder(
		ctx, metadataClient, mapper, garbagecollector.DefaultIgnoredResources(),
		informerfactory.NewInformerFactory(s.shared, s.metadata), s.started,
	)
	c, err := garbagecollector.NewComposedGarbageCollector(ctx, client, metadataClient, mapper, graph)
	if err != nil {
		return fmt.Errorf("garbage collector: %w", err)
	}
	go wait.UntilWithContext(ctx, func(context.Context) { mapper.Reset() }, discoveryPeriod)
	s.add(func(ctx context.Context) { c.Run(ctx, workers, discoveryPeriod) })
	s.add(func(ctx context.Context) { c.Sync(ctx, client.Discovery(), discoveryPeriod) })
	return nil
}

func (s *controllerSet) addApps(ctx context.Context, client clientset.Interface, _ metadata.Interface) error {
	apps, core := s.shared.Apps().V1(), s.shared.Core().V1()
	deployments, err := deployment.NewDeploymentController(ctx, apps.Deployments(), apps.ReplicaSets(), core.Pods(), client)
	if err != nil {
		return fmt.Errorf("deployments: %w", err)
	}
	daemons, err := daemon.NewDaemonSetsController(
		ctx, apps.DaemonSets(), apps.ControllerRevisions(), core.Pods(), core.Nodes(), client,
		flowcontrol.NewBackOff(time.Second, 15*time.Minute),
	)
	if err != nil {
		return fmt.Errorf("daemon sets: %w", err)
	}
	replicas := replicaset.NewReplicaSetController(ctx, apps.ReplicaSets(), core.Pods(), client, replicaset.BurstReplicas)
	stateful := statefulset.NewStatefulSetController(
		ctx, core.Pods(), apps.StatefulSets(), core.PersistentVolumeClaims(), apps.ControllerRevisions(), client,
	)
	s.add(func(ctx context.Context) { deployments.Run(ctx, workers) })
	s.add(func(ctx context.Context) { daemons.Run(ctx, workers) })
	s.add(func(ctx context.Context) { replicas.Run(ctx, workers) })
	s.add(func(ctx context.Context) { stateful.Run(ctx, workers) })
	return nil
}

func (s *controllerSet) addBatch(ctx context.Context, client clientset.Interface, _ metadata.Interface) error {
	batch := s.shared.Batch().V1()
	// The informers of the alpha workload scheduling API stay nil: its feature gate is off.
	jobs, err := job.NewController(ctx, client, s.shared.Core().V1().Pods(), batch.Jobs(), nil, nil)
	if err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	cronJobs, err := cronjob.NewControllerV2(ctx, batch.Jobs(), batch.CronJobs(), client)
	if err != nil {
		return fmt.Errorf("cron jobs: %w", err)
	}
	s.add(func(ctx context.Context) { jobs.Run(ctx, workers) })
	s.add(func(ctx context.Context) { cronJobs.Run(ctx, workers) })
	return nil
}
