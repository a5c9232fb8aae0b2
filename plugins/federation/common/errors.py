"""What the hub says when something is wrong: what, where, and what to do."""


class HubError(Exception):
    """An expected error; its message alone is shown, never a traceback."""

    exit_code = 2

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
        super().__init__(f"contract refused: {reason}", where=f"{file}: {key}", todo=todo)
        self.file, self.key, self.reason = str(file), key, reason


class Unreachable(HubError):
    """A platform did not answer after every retry; its last accepted data keep serving."""

    exit_code = 1
