"""What Kubernetes providers bind by themselves, in the same form as what Kubernetes binds; by hand.

Only what they publish, and what holds a right that is a risk: the rest is silent anyhow. What is
told of several versions is together here, since each right of a role is compared with these.

- OpenShift keeps three bindings in every namespace (openshift/openshift-controller-manager,
  pkg/authorization/defaultrolebindings/project_policy.go); their roles are in openshift/
  openshift-apiserver, pkg/bootstrappolicy/policy.go, and in openshift/cluster-openshift-controller-
  manager-operator, bindata/v3.11.0/openshift-controller-manager/deployer-clusterrole.yaml.
- Clusters on Google Cloud, GKE's among them: kubernetes/kubernetes, in cluster/gce/addons the
  folders loadbalancing and cloud-controller-manager.
- Clusters on AWS, EKS's among them: aws/amazon-vpc-cni-k8s, config/master/aws-k8s-cni.yaml and
  charts/aws-vpc-cni, as installed by default: to patch pods is an option, and is somebody's own.
- Clusters on Azure, AKS among them: kubernetes/kubernetes, CHANGELOG-1.15.md, "Azure cloud provider
  could now be configured by Kubernetes secrets".

``*`` in a namespace's place, or a subject's, stands for the namespace of the binding.
"""

BINDINGS = """
*/system:deployers -> system:deployer
  sa:*/deployer
*/system:image-builders -> system:image-builder
  sa:*/builder
*/system:image-pullers -> system:image-puller
  group:system:serviceaccounts:*
aws-node
  sa:kube-system/aws-node
gce:cloud-provider
  sa:kube-system/cloud-provider
kube-system/gce:cloud-provider
  sa:kube-system/cloud-provider
system:azure-cloud-provider-secret-getter
  sa:kube-system/azure-cloud-provider
system:controller:cloud-node-controller
  sa:kube-system/cloud-node-controller
"""

ROLES = """
aws-node
  "" | namespaces pods | get list watch
  "" | nodes | get list update watch
  "" events.k8s.io | events | create list patch
  crd.k8s.amazonaws.com | eniconfigs | get list watch
  extensions | * | list watch
  networking.k8s.aws | policyendpoints | get list watch
  networking.k8s.aws | policyendpoints/status | get
  vpcresources.k8s.aws | cninodes | get list patch watch
gce:cloud-provider
  "" | events | create patch update
  "" | services/status | patch update
kube-system/gce:cloud-provider
  "" | configmaps | create get list patch update watch
system:azure-cloud-provider-secret-getter
  "" | secrets | get
system:controller:cloud-node-controller
  "" | events | create patch update
  "" | nodes nodes/status | delete get list patch update
  "" | pods pods/status | delete list
system:deployer
  "" | events | create list
  "" | pods | create get list watch
  "" | pods/log | get
  "" | replicationcontrollers | delete get list patch update watch
  "" | replicationcontrollers/scale | get update
  "" image.openshift.io | imagestreamtags imagetags | create update
system:image-builder
  "" build.openshift.io | builds | get
  "" build.openshift.io | builds/details | update
  "" image.openshift.io | imagestreams | create
  "" image.openshift.io | imagestreams/layers | get update
system:image-puller
  "" image.openshift.io | imagestreams/layers | get
"""
