"""Finished warehouses: publish, serve, pin, query, compare and trace them."""
