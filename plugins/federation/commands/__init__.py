"""What each command of `hub` does and shows, a module per group; every action returns an exit code."""
