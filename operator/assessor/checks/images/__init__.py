"""What images workloads run."""
