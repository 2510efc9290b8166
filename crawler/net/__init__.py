"""What crosses the network, and what may not."""
