"""City platforms to try the hub on: generated data, planted faults, and servers like those of
cities."""
