"""Edits of a contract's text that change nothing else: comments, order and style stay.

PyYAML says where each node begins and ends, and the text between these places is replaced. A round
trip by ruamel.yaml would not do: it writes a column's mapping, which contracts break over two
lines, in one line or breaks it elsewhere, so that every fifth line of a contract would change.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml


def _flow(value: Any) -> str:
    """Return a value as it stands inside a flow mapping."""
    text = yaml.dump(
        [value], default_flow_style=True, allow_unicode=True, width=100_000, sort_keys=False
    )
    return text.strip()[1:-1]


@dataclass(frozen=True)
class _Edit:
    start: int
    end: int
    text: str


class ContractText:
    """One contract file being edited; edits are collected and made together by `text`."""

    def __init__(self, text: str) -> None:
        self.original = text
        self._edits: list[_Edit] = []
        self.root: Any = yaml.compose(text, Loader=yaml.SafeLoader)

    def text(self) -> str:
        """Return the text with all edits made."""
        text = self.original
        for edit in sorted(self._edits, key=lambda edit: (edit.start, edit.end), reverse=True):
            text = text[: edit.start] + edit.text + text[edit.end :]
        return text

    # -- places ------------------------------------------------------------------------------------

    @property
    def schema(self) -> Any:
        return child(self.root, "schema").value[0]

    @property
    def properties(self) -> list[yaml.Node]:
        """The national columns."""
        return list(child(self.schema, "properties").value)

    def fact(self, name: str) -> yaml.Node | None:
        """Return the value of a property of the whole feed, or None."""
        return fact(self.schema, name)

    # -- edits -------------------------------------------------------------------------------------

    def replace(self, node: yaml.Node, value: Any) -> None:
        self._edits.append(_Edit(node.start_mark.index, node.end_mark.index, _flow(value)))

    def rename(self, old: str, new: str) -> None:
        """Rename a delivered column wherever the contract speaks of it."""
        for node in _speaking_of(self.schema, old):
            quoted = f'"{old}"'
            if quoted in node.value and node.value != old:
                self.replace(node, node.value.replace(quoted, '"' + new + '"'))
            elif node.value == old:
                self.replace(node, new)

    def remove_line(self, node: yaml.Node) -> None:
        """Remove the lines on which a node stands, from the first to the last."""
        start = self.original.rfind("\n", 0, node.start_mark.index) + 1
        end = self.original.find("\n", node.end_mark.index - 1) + 1
        self._edits.append(_Edit(start, end or len(self.original), ""))

    def add_column(self, name: str, kind: str) -> None:
        """Add a delivered column behind the last one."""
        columns = self.fact("columns")
        assert columns is not None
        first, last = columns.value[0][0], columns.value[-1][1]
        indent = " " * first.start_mark.column
        self._insert(last.end_mark.index, f"\n{indent}{_flow(name)}: {_flow(kind)}")

    def set_fact(self, name: str, value: Any) -> None:
        """Set a property of the whole feed; lists grow by what they have not."""
        node = self.fact(name)
        if node is None:
            entries = child(self.schema, "customProperties")
            last, indent = entries.value[-1], " " * (entries.start_mark.column)
            self._insert(
                last.end_mark.index if last.flow_style else _end_of(last),
                f"\n{indent}- {_flow({'property': name, 'value': value})}",
            )
        else:
            self.replace(node, value)

    def add_to_fact(self, name: str, values: Sequence[str]) -> None:
        node = self.fact(name)
        before = [entry.value for entry in node.value] if node is not None else []
        self.set_fact(name, [*before, *(value for value in values if value not in before)])

    def _insert(self, place: int, text: str) -> None:
        self._edits.append(_Edit(place, place, text))


def _end_of(node: Any) -> int:
    """Return where the last scalar of a block ends; a block's own mark lies on the next line."""
    while not isinstance(node, yaml.ScalarNode) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.index)


def child(node: yaml.Node, key: str) -> Any:
    """Return the value of a mapping's key; raises KeyError when it has none."""
    for name, value in node.value:
        if name.value == key:
            return value
    raise KeyError(key)


def fact(node: yaml.Node, name: str) -> yaml.Node | None:
    """Return the value of one of a node's customProperties, or None."""
    try:
        entries = child(node, "customProperties").value
    except KeyError:
        return None
    return next(
        (child(entry, "value") for entry in entries if child(entry, "property").value == name), None
    )


def _speaking_of(schema: yaml.Node, name: str) -> Iterator[Any]:
    columns = fact(schema, "columns")
    if columns is not None:
        yield from (key for key, _ in columns.value if key.value == name)
    for entry in child(schema, "properties").value:
        yield from _columns_of(entry, name)
    for node in (
        fact(schema, key) for key in ("city_rows", "optional_columns", "out_of_scope", "layout")
    ):
        if node is not None:
            yield from (
                scalar
                for scalar in _scalars(node)
                if scalar.value == name or f'"{name}"' in scalar.value
            )


def _columns_of(entry: yaml.Node, name: str) -> Iterator[Any]:
    for key, value in entry.value:
        if key.value in ("physicalName", "transformSourceObjects", "transformLogic"):
            yield from (
                node for node in _scalars(value) if node.value == name or f'"{name}"' in node.value
            )
    area = fact(entry, "area")
    if area is not None:
        for key, value in area.value:
            if key.value == "whole":
                yield from (
                    inner
                    for inner_key, inner in value.value
                    if inner_key.value == "column" and inner.value == name
                )


def _scalars(node: yaml.Node) -> Iterator[Any]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            yield from _scalars(entry)
    else:
        for _, value in node.value:
            yield from _scalars(value)
