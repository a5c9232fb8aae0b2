"""The look of the pages: that of a release's report, with its fonts, in either language."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from federation.messages import said
from federation.messages.workbook_words import ANSWER_WORDS
from federation.reporting.catalogue.entries import publisher
from federation.reporting.charts.png import FONTS
from federation.reporting.pages import shared_files, templates


class Pages:
    """The templates of `hub serve`; every value in them is escaped."""

    def __init__(self) -> None:
        self._templates = templates("federation.serve")

    def render(self, template: str, values: Mapping[str, Any]) -> str:
        """Return a page with these values."""
        common = {
            "root": "/static/",
            "file": "",
            "publisher": publisher(),
            "dates": said.day,
            "answer_words": ANSWER_WORDS,
            "holder": "",
        }
        return self._templates.get_template(template).render({**common, **values})


@cache
def static_files() -> Mapping[str, tuple[bytes, str]]:
    """Return name -> content and media type of what the pages load."""
    look = {name: text.encode() for name, text in shared_files().items()}
    fonts = {f"fonts/{file.name}": file.read_bytes() for file in FONTS.glob("*.ttf")}
    return {name: (content, _kind(name)) for name, content in {**look, **fonts}.items()}


def _kind(name: str) -> str:
    kinds = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
    return kinds.get(name.rpartition(".")[2], "font/ttf")
