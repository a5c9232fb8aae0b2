"""What the hub says when something is wrong: what, where, and what to do."""

import errno
import os
from pathlib import Path


class HubError(Exception):
    """An expected error; its message alone is shown, never a traceback."""

    exit_code = 2
    # Whether an incident tells of it: then a task that fails for it is none more.
    has_incident = False

    def __init__(self, what: str, *, where: str = "", todo: str = "") -> None:
        lines = [what]
        if where:
            lines.append(f"  where: {where}")
        if todo:
            lines.append(f"  to do: {todo}")
        super().__init__("\n".join(filter(None, lines)))
        self.what, self.where, self.todo = what, where, todo


class DataProblem(HubError):
    """The data, not the environment, are at fault; exit code 1."""

    exit_code = 1


class ContractError(HubError):
    """A contract, suite or city file breaks the rules; names file, key, reason and what to do."""

    def __init__(self, file: object, key: str, reason: str, todo: str = "correct this key") -> None:
        super().__init__(
            f"{Path(str(file)).name} refused: {reason}", where=f"{file}: {key}", todo=todo
        )
        self.file, self.key, self.reason = str(file), key, reason


class Unreachable(HubError):
    """A platform did not answer after every retry; its last accepted data keep serving."""

    exit_code = 1


class Busy(HubError):
    """Another pass has in hand what this one wants, and nobody wants to wait."""


class OwnTrouble(HubError):
    """The hub itself is in trouble: its disk, its memory, its database, or its code.

    It says nothing about anybody's data, so nothing of it is kept, and the next pass tries again.
    """


# What the kernel says of a machine in trouble, whatever file is read or written.
_OF_THE_MACHINE = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EIO,
        errno.EROFS,
        errno.EMFILE,
        errno.ENFILE,
        errno.ESTALE,
    }
)
# What libraries say that keep no number: the kernel's words, and DuckDB's for a disk without room.
_WORDS = (*map(os.strerror, sorted(_OF_THE_MACHINE)), "max_temp_directory_size")


def is_of_the_machine(error: BaseException | str) -> bool:
    """Return whether an error, or the text of one, tells of the machine and not of a file.

    Memory is not asked for here: within a limit of the hub it is the file that needs too much.
    """
    if getattr(error, "errno", None) in _OF_THE_MACHINE:
        return True
    text = str(error).lower()
    return any(words.lower() in text for words in _WORDS)


def as_own_trouble(error: Exception, where: str) -> HubError:
    """Return an exception that nobody expected as the hub's own trouble; a HubError as it is."""
    if isinstance(error, HubError):
        return error
    first = (str(error).strip().splitlines() or [""])[0][:300]
    room = is_of_the_machine(error) or isinstance(error, MemoryError)
    todo = "make room on the machine; " if room else ""
    return OwnTrouble(
        f"the hub is in trouble: {type(error).__name__}: {first}".rstrip(": "),
        where=where,
        todo=f"{todo}nothing is said of the data, and the next pass tries again",
    )
