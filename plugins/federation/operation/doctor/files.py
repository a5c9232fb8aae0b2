"""What people write for the hub: limits, and the YAML files that all cities share."""

from collections.abc import Callable, Iterator
from functools import partial

from federation.common.errors import HubError
from federation.common.paths import INDICATORS, SUITES
from federation.common.settings import Settings
from federation.common.vocabulary import Soundness
from federation.operation.doctor.finding import Finding


def limits(settings: Settings) -> Iterator[Finding]:
    """Yield whether `HUB_LIMITS` can be read."""
    from federation.conform.sandbox.job import Limits as SandboxLimits
    from federation.transport import Limits

    Limits.from_text(settings.limits, "HUB_LIMITS")
    SandboxLimits.from_text(settings.limits, "HUB_LIMITS")
    says = "HUB_LIMITS can be read" if settings.limits else "the defaults hold"
    yield Finding("limits", Soundness.OK, says)


def yaml_files(settings: Settings) -> Iterator[Finding]:
    """Yield each YAML file that cannot be used, with key and reason; each is read by itself."""
    found = [finding for read in _readings() if (finding := _wrong(read))]
    yield from found
    if not found:
        yield Finding("yaml", Soundness.OK, "suites, units, indicators and the others can be read")


def _readings() -> Iterator[Callable[[], object]]:
    from federation.common.yaml_files import load_yaml
    from federation.datasets.indicators import Indicator, load_indicators
    from federation.datasets.suites import load_suite
    from federation.datasets.units import load_units
    from federation.gate.waivers import load_waivers
    from federation.quality.contacts import national
    from federation.reporting.mail.subscriptions import load_subscriptions

    yield load_units
    for file in sorted(SUITES.glob("[!_]*.yml")):
        yield partial(load_suite, file.stem)
    for file in sorted(INDICATORS.glob("*.yml")):
        yield partial(load_yaml, file, Indicator)
    yield from (load_indicators, load_waivers, national, load_subscriptions)


def _wrong(read: Callable[[], object]) -> Finding | None:
    try:
        read()
    except HubError as error:
        return Finding("yaml", Soundness.FAIL, f"{error.what} ({error.where})", error.todo)
    except Exception as error:
        return Finding("yaml", Soundness.FAIL, f"{type(error).__name__}: {error}")
    return None
