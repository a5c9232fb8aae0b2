"""The catalogue of a release: what there is, whose it is and how to get it, for people and for
other catalogues."""
