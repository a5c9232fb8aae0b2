"""City platforms on loopback, each behind the kind of server that its city runs: what `hub
platforms serve` starts."""

from federation_demo.platform_servers.serve import Served, served

__all__ = ["Served", "served"]
