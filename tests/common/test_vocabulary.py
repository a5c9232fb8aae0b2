"""What the closed vocabularies say of themselves."""

import json

from federation.common.vocabulary import Consequence, MailState, Severity, VerdictKind


def test_a_member_is_written_as_its_text() -> None:
    assert json.dumps([VerdictKind.HELD]) == '["held"]'
    assert f"{VerdictKind.HELD}" == "held"
    assert {VerdictKind.HELD: 1}["held"] == 1


def test_a_mail_is_settled_when_nothing_more_will_be_tried() -> None:
    unsettled = {state for state in MailState if not state.is_settled}
    assert unsettled == {MailState.NEW, MailState.REFUSED, MailState.UNREACHABLE}


def test_the_graver_consequence_is_no_less_severe() -> None:
    order = list(Severity)
    severities = [order.index(consequence.severity) for consequence in Consequence]
    assert severities == sorted(severities)
