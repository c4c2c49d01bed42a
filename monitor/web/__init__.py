"""Read and act over HTTP."""
