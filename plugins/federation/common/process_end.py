"""Ending a process of the command line without the interpreter's teardown.

Great Expectations keeps references into DuckDB's module until the very end, which DuckDB's binding
reports as a hundred lines of «leaked» on standard error.
"""

import atexit
import os
import sys
from typing import NoReturn


def end(code: int) -> NoReturn:
    """End this process now, with what is to be done at its exit and all output written."""
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
