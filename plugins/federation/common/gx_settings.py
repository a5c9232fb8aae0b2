"""What must be set before Great Expectations is imported: it tells nobody that it is used, and it
loads neither statistics nor charts, which are half of its import and which the hub does not use."""

import os

from federation.common.lazy_imports import load_when_used

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
load_when_used("scipy.stats", "altair")
