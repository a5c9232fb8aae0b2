"""The page on production and the Containerfile say what the code does."""

import json
import re
import shlex

from federation.cli.main import parser
from federation.common import retention
from federation.common.paths import DAGS, REPOSITORY
from federation.operation.doctor.examine import OF_THE_HUB

PAGE = (DAGS / "production.md").read_text("utf-8")
CONTAINERFILE = (REPOSITORY / "dags" / "Containerfile").read_text("utf-8").replace("\\\n", " ")


def table(heading: str) -> list[list[str]]:
    """The cells of the rows below a heading of a table on the page."""
    rows = PAGE.split(f"| {heading} |")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} (.*)$", CONTAINERFILE, flags=re.M)


def test_the_page_tells_every_rule_of_retention() -> None:
    told = {what.strip("`"): kept for what, kept in table("what")}
    assert told == {str(kind): kept for kind, kept in retention.RULES.items()}


def test_the_page_tells_every_check_of_the_doctor() -> None:
    told = {
        name for row in table("`hub doctor` looks at") for name in re.findall(r"`(\w+)`", row[0])
    }
    assert told == {check.name for check in OF_THE_HUB} | {"contracts", "connection"}


def test_the_image_runs_as_a_user_that_owns_no_code_and_is_asked_for_its_health() -> None:
    assert instructions("USER") == ["10001:10001"]
    assert {image.split()[0] for image in instructions("FROM")} == {"python:3.11-slim"}
    (health,) = instructions("HEALTHCHECK")
    (command,) = instructions("CMD")
    for words in (health.partition("CMD ")[2], command):
        program, *arguments = json.loads(words)
        assert program == "hub"
        assert parser().parse_args(arguments).command


def test_the_image_copies_what_there_is() -> None:
    copied = [shlex.split(words) for words in instructions("COPY") if "--from" not in words]
    assert copied
    for *sources, _ in copied:
        for source in sources:
            assert (REPOSITORY / source).exists(), source
    assert {"dags", "dbt_project", "expectations"} <= {
        source for words in copied for source in words
    }
