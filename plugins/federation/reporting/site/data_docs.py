"""Great Expectations' own Data Docs of validation results, as parts of pages that load nothing.

The results are read from the release: GX renders them and measures nothing again. To make a
`DataDocs` imports Great Expectations, which takes seconds the first time in a process.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from federation.common.vocabulary import Outcome
from federation.datasets.suites import SEVERITY, Expectation
from federation.reporting.site.expectations import Measured, Result

_VIEWS = Path(__file__).with_name("gx_views")
_QUERY_SHOWN = 240  # letters; the suite has all of it
_TABLE = "Table-Level Expectations"  # GX's section of what is about no single column


@dataclass(frozen=True)
class Rendered:
    """What GX rendered of these expectations, and the anchor of each in it."""

    html: str
    anchors: dict[str, str]
    measured: Sequence[Measured]


class DataDocs:
    """GX's renderer and view; one serves all pages of a site."""

    def __init__(self) -> None:
        import federation.common.gx_settings  # noqa: F401  before Great Expectations

        # isort: split
        import great_expectations as gx
        from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
        from great_expectations.render.view.view import DefaultJinjaPageView

        gx.get_context(mode="ephemeral")
        self._version = gx.__version__
        self._renderer = ValidationResultsPageRenderer(run_info_at_end=True)
        self._view: Any = DefaultJinjaPageView(custom_views_directory=str(_VIEWS))

    def render(
        self, suite: str, batch: str, measured_at: str, measured: Sequence[Measured]
    ) -> Rendered:
        """Return GX's page about these expectations of a batch, without those that do not apply.

        The same results give the same text. All texts in it are escaped, by GX's templates or
        before them.
        """
        applied = [entry for entry in measured if entry.outcome != Outcome.NOT_APPLICABLE]
        document = self._renderer.render(self._validation(suite, batch, measured_at, applied))
        sections = [str(section.section_name) for section in document.sections]
        anchors = {
            entry.expectation.id: f"section-{_section(entry.expectation, sections)}"
            for entry in applied
        }
        html = self._view.render(document, template="sections.j2")
        return Rendered(_without_clutter(html), anchors, measured)

    def _validation(
        self, suite: str, batch: str, measured_at: str, measured: Sequence[Measured]
    ) -> Any:
        from great_expectations.core import ExpectationSuiteValidationResult

        passed = sum(entry.outcome == Outcome.PASSED for entry in measured)
        statistics = {
            "evaluated_expectations": len(measured),
            "successful_expectations": passed,
            "unsuccessful_expectations": len(measured) - passed,
            "success_percent": 100 * passed / len(measured) if measured else None,
        }
        meta = {
            "great_expectations_version": self._version,
            "run_id": {"run_name": suite, "run_time": measured_at},
            "batch_kwargs": {"data_asset_name": batch},
        }
        return ExpectationSuiteValidationResult(
            success=passed == len(measured),
            results=[*map(_result, measured)],
            suite_name=suite,
            statistics=statistics,
            meta=meta,
        )


def _result(measured: Measured) -> Any:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.metadata_types import FailureSeverity

    expectation = measured.expectation
    configuration = ExpectationConfiguration(
        type=expectation.type,
        kwargs=_kwargs(expectation),
        meta={"id": expectation.id},
        severity=FailureSeverity(SEVERITY[expectation.consequence]),
    )
    unmeasured = measured.outcome == Outcome.COULD_NOT_BE_MEASURED
    messages = " ".join(dict.fromkeys(result.message for result in measured.failing))
    failure = {
        "raised_exception": unmeasured,
        "exception_message": (messages or "no reason was kept") if unmeasured else None,
        "exception_traceback": "",
    }
    return ExpectationValidationResult(
        success=measured.outcome == Outcome.PASSED,
        expectation_config=configuration,
        result=_counts(measured),
        exception_info=failure,
    )


def _kwargs(expectation: Expectation) -> dict[str, Any]:
    kwargs = dict(expectation.kwargs)
    if query := expectation.failing_query:
        # GX heads it with the query, which may fill a screen; the message says what it finds.
        kwargs["unexpected_rows_query"] = f"{expectation.message['en']}: {_shortened(query)}"
    if "column" in kwargs:
        # GX heads a section with the column's name and does not escape it there.
        kwargs["column"] = escape(kwargs["column"])
    return kwargs


def _shortened(query: str) -> str:
    return query if len(query) <= _QUERY_SHOWN else f"{query[:_QUERY_SHOWN]} …"


def _counts(measured: Measured) -> dict[str, Any]:
    # For a table as a whole, no number of values is kept.
    if not measured.evaluated or measured.outcome == Outcome.COULD_NOT_BE_MEASURED:
        return {}
    share = 100 * measured.unexpected / measured.evaluated
    return {
        "element_count": measured.evaluated,
        "unexpected_count": measured.unexpected,
        "unexpected_percent": share,
        "unexpected_percent_nonmissing": share,
        "partial_unexpected_list": [],
    }


def _section(expectation: Expectation, names: Sequence[str]) -> int:
    """Return the number of the section that GX put an expectation in."""
    column = escape(expectation.column)
    wanted = column if column in names else _TABLE
    return names.index(wanted) + 1 if wanted in names else 1


def _without_clutter(html: str) -> str:
    """Return GX's HTML without what the site does not use: ids of cells, links into GX's own
    store, styles and repeated blanks."""
    html = re.sub(r' id="section-\d+-content-block-[^"]*"', "", html)
    html = re.sub(
        r'<p class="m-0">\s*<a\b[^>]*-collapse-[^>]*>.*?</a>\s*</p>', "", html, flags=re.S
    )
    html = re.sub(r'<div id=\S+-collapse-\S+ class="collapse[^>]*>.*?</div>', "", html, flags=re.S)
    html = re.sub(r'<a href="\.\./[^"]*"\s*>(.*?)</a>', r"\1", html, flags=re.S)
    html = re.sub(r"<(/?)h([56])\b", lambda tag: f"<{tag[1]}h{int(tag[2]) - 3}", html)
    html = re.sub(r' (style|data-[a-z-]+)="[^"]*"', "", html)
    html = re.sub(r'<div class="show-scrollbars">(.*?)</div>(?=\s*</td>)', r"\1", html, flags=re.S)
    html = html.replace("Unexpected rows query:", "Looks for:")
    return re.sub(r"\s+", " ", html)


def one_extract(measured: Sequence[Measured], extract_id: str) -> list[Measured]:
    """Return the same expectations with their results on one extract only."""

    def of(results: Sequence[Result]) -> list[Result]:
        return [result for result in results if result.extract_id == extract_id]

    return [Measured(entry.expectation, of(entry.results), entry.column) for entry in measured]
