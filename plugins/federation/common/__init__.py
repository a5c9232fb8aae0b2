"""What every other room may use: errors, hashes, paths, settings, the DuckDB connection,
processes and progress."""
