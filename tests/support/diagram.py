"""The diagram of the rooms in plugins/README.md, made from the layers of pyproject.toml."""

import tomllib

from federation.common.paths import PLUGINS, REPOSITORY

PAGE = PLUGINS / "README.md"
BEGIN, END = "<!-- rooms: begin, written by `make diagram` -->", "<!-- rooms: end -->"


def layers() -> list[list[str]]:
    """Return the declared layers from top to bottom, each with its rooms."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    declared = next(entry["layers"] for entry in contracts if entry["type"] == "layers")
    return [[room.strip() for room in layer.split("|")] for layer in declared]


def sentence(room: str) -> str:
    """Return the first sentence of what a room says of itself, for a label."""
    text = (PLUGINS / "federation" / room / "__init__.py").read_text("utf-8")
    said = text.split('"""')[1].split("\n\n")[0]
    first = " ".join(said.split()).split(". ")[0].rstrip(".")
    return first.replace('"', "'").replace("`", "")


def diagram() -> str:
    """Return the Mermaid block: one row for each layer, and an arrow to the layer below."""
    lines = ["```mermaid", "flowchart TB"]
    for number, rooms in enumerate(layers()):
        lines.append(f"  subgraph layer{number}[ ]")
        lines += [f'    {room}_["<b>{room}</b>: {sentence(room)}"]' for room in rooms]
        lines.append("  end")
    lines += [f"  layer{number} --> layer{number + 1}" for number in range(len(layers()) - 1)]
    return "\n".join([*lines, "```"])


def with_diagram(page: str) -> str:
    """Return the page with today's diagram between its two marks."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{diagram()}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    PAGE.write_text(with_diagram(PAGE.read_text("utf-8")), "utf-8")
