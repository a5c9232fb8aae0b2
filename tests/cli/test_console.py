"""How a command ends."""

import subprocess
import sys

BROKEN = """
import duckdb
import federation.cli.main as command

def broken():
    con = duckdb.connect()
    con.create_function("one", lambda: 1, [], "INTEGER")
    raise ValueError("it broke")

command.main = broken
command.console()
"""


def test_an_error_in_the_code_is_the_hub_s_own_trouble_and_its_traceback_is_all_that_is_said() -> (
    None
):
    done = subprocess.run([sys.executable, "-c", BROKEN], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "ValueError: it broke"
    assert "leaked" not in done.stderr
