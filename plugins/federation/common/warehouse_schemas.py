"""The schemas of the warehouse that people read; the others are the build's own."""

DATA_SCHEMAS = ("core", "marts")  # the figures; the content hash of a release covers them
PUBLIC_SCHEMAS = (*DATA_SCHEMAS, "ops")
