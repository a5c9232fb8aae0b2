"""What each command of `hub` does and shows, a module per group.

Every action returns an exit code.
"""
