"""What Dockerfiles come to: which stages are in the image, and what package managers do."""
