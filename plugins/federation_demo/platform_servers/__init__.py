"""City platforms on loopback, each behind the kind of server that its city runs.

`hub platforms serve` starts them.
"""

from federation_demo.platform_servers.serve import Served, served

__all__ = ["Served", "served"]
