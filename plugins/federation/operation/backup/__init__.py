"""`hub backup` and `hub restore`: the whole hub in a folder, and a hub made from such a folder."""
