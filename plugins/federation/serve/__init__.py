"""What people reach over the network: pages on which stewards answer, each with a token."""
