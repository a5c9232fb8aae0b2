"""What a check of the installation finds, and where its trouble ends."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from threading import Thread
from typing import Any

from federation.common.errors import HubError
from federation.common.settings import Settings
from federation.common.vocabulary import Soundness

ANSWER_SECONDS = 10.0  # so long a server may take to answer


@dataclass(frozen=True)
class Finding:
    """One verdict: on what, how sound it is, what was seen, and what is to do."""

    check: str
    soundness: Soundness
    says: str
    todo: str = ""
    of_city: bool = False  # else it is the hub's own matter

    def to_json(self) -> dict[str, Any]:
        """Return what `hub doctor --json` prints of it."""
        return asdict(self)


@dataclass(frozen=True)
class Check:
    """One check by name; `find` yields findings, and may raise whatever it meets."""

    name: str
    find: Callable[[Settings], Iterable[Finding]]
    of_city: bool = False
    seconds: float = 3 * ANSWER_SECONDS  # it may ask more than one question

    def findings(self, settings: Settings) -> list[Finding]:
        """Return what it finds.

        An error is one more finding, and so is that no answer came in time: neither ends or delays
        another check.
        """
        found: list[Finding] = []
        looking = Thread(target=self._look, args=(settings, found), daemon=True)
        looking.start()
        looking.join(self.seconds)
        if looking.is_alive():
            says = f"no answer within {self.seconds:g} s"
            todo = "see whether the machine or server that it asks is well"
            return [*found, self.failed(says, todo)]
        return found

    def _look(self, settings: Settings, found: list[Finding]) -> None:
        try:
            found.extend(self.find(settings))
        except HubError as error:
            says = f"{error.what} ({error.where})" if error.where else error.what
            found.append(self.failed(says, error.todo))
        except Exception as error:
            first = next(iter(str(error).splitlines()), "")
            found.append(self.failed(f"{type(error).__name__}: {first}".rstrip(": ")))

    def failed(self, says: str, todo: str = "") -> Finding:
        """Return the finding that this check failed."""
        return Finding(self.name, Soundness.FAIL, says, todo, self.of_city)


def at_once(checks: Iterable[Check], settings: Settings) -> Iterator[Finding]:
    """Yield the findings of checks that wait for others, check by check; all wait at once."""
    results: dict[str, list[Finding]] = {}

    def run(check: Check) -> None:
        results[check.name] = check.findings(settings)

    threads = {check.name: Thread(target=run, args=(check,), daemon=True) for check in checks}
    for thread in threads.values():
        thread.start()
    for name, thread in threads.items():
        thread.join()
        yield from results[name]


def exit_code(findings: Iterable[Finding]) -> int:
    """Return 0 where nothing failed, 1 where only matters of cities did, 2 where one of the hub's
    own did."""
    failed = [finding for finding in findings if finding.soundness == Soundness.FAIL]
    if not failed:
        return 0
    return 1 if all(finding.of_city for finding in failed) else 2
