"""Records that were kept out of the warehouse, and what people decided on them."""
