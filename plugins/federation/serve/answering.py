"""A form that a steward sent: each answer becomes a decision, or gets the reason why it does
not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from federation.common.bilingual import BilingualText
from federation.contracts.model import Feed
from federation.messages.workbook_words import OUTCOMES
from federation.quarantine.decisions import Decider
from federation.reporting.workbook.answers import Answer, Taken, take_over
from federation.serve.asked import AskedRecord, Asking, Group

AS_ALL, NONE = "", "none"  # choices of one record: what its group gets, or no answer yet


@dataclass(frozen=True)
class Outcome:
    """What became of a form's answers, in words; empty when it held none."""

    taken: Sequence[tuple[BilingualText, int]]  # what happens now, to how many records
    refused: Sequence[tuple[BilingualText, int]]  # why not, and how many records


def answer(
    form: Mapping[str, str], feed: Feed, asking: Asking, by: str, *, dry: bool = False
) -> Outcome:
    """Record the answers of a form as decisions of a person, and return what became of them."""
    groups = asking.groups(feed)
    answers = [given for group in groups for given in _of_group(form, group, feed)]
    decider = Decider(asking.ledger, asking.seen, by, dry)
    taken = [*take_over(answers, asking.records, decider), *_gone(form, groups)]
    reasons = Counter(entry.message for entry in taken if entry.outcome == "refused")
    kept = Counter(entry.outcome for entry in taken if entry.outcome != "refused")
    return Outcome(
        [(OUTCOMES[outcome], count) for outcome, count in kept.items()], [*reasons.items()]
    )


def _of_group(form: Mapping[str, str], group: Group, feed: Feed) -> list[Answer]:
    """Return the answers about the records of a group, each with its own where it has one."""
    for_all = form.get(f"{group.group_id}.answer", "")
    chosen = [
        (record, form.get(f"{group.group_id}.{record.quarantine_id}", AS_ALL) or for_all)
        for record in group.records
    ]
    return [
        _answer(form, group, record, action, feed)
        for record, action in chosen
        if action not in (AS_ALL, NONE)
    ]


def _answer(
    form: Mapping[str, str], group: Group, record: AskedRecord, action: str, feed: Feed
) -> Answer:
    def given(name: str) -> str:
        return form.get(f"{group.group_id}.{name}", "").strip()

    return Answer(
        feed.dataset,
        record.row_number,
        record.quarantine_id,
        action,
        given("until"),
        given("note"),
        right_value=given("value"),
    )


def _gone(form: Mapping[str, str], groups: Sequence[Group]) -> list[Taken]:
    """Return an outcome for each answer about what is no longer on hold."""
    asked = {group.group_id for group in groups}
    names = [name.removesuffix(".answer") for name, given in form.items() if given]
    answered = [name for name in names if f"{name}.answer" in form]
    return [Taken("", 0, name, "already") for name in answered if name not in asked]
