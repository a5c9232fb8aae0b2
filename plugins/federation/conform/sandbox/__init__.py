"""The process in which foreign bytes are read: its job, its limits, its isolation and its
supervisor."""
