"""The catalogue as JSON-LD in the profile DCAT-AP 3
(https://semiceu.github.io/DCAT-AP/releases/3.0.0/)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from federation.common.bilingual import BilingualText
from federation.common.errors import DataProblem
from federation.reporting.catalogue.entries import Entry, FeedEntry, Publisher
from federation.reporting.catalogue.terms import ABOUT, CADENCES, THEMES, Licence

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
# The properties that DCAT-AP 3 makes mandatory, and those that it recommends and this catalogue
# always gives.
MANDATORY = {
    "dcat:Catalog": ("dct:title", "dct:description", "dct:publisher", "dcat:dataset"),
    "dcat:Dataset": (
        "dct:title",
        "dct:description",
        "dct:publisher",
        "dcat:contactPoint",
        "dcat:keyword",
        "dcat:theme",
        "dct:accrualPeriodicity",
    ),
    "dcat:Distribution": ("dcat:accessURL", "dct:title"),
    "foaf:Agent": ("foaf:name",),
    "vcard:Organization": ("vcard:fn", "vcard:hasEmail"),
}


def dcat(entries: Sequence[Entry], publisher: Publisher, created_at: str) -> dict[str, Any]:
    """Return the JSON-LD document; its addresses are relative to the site.

    Raises DataProblem, naming resource and property, when a mandatory one is missing.
    """
    title = BilingualText(
        "Catalogue of the national data federation hub", "บัญชีข้อมูลของศูนย์กลางสหพันธ์ข้อมูลเมืองแห่งชาติ"
    )
    document = {
        "@context": _CONTEXT,
        "@id": "#catalogue",
        "@type": "dcat:Catalog",
        "dct:title": _both(title),
        "dct:description": _both(ABOUT),
        "dct:publisher": _agent(publisher),
        "foaf:homepage": {"@id": "index.html"},
        "dct:issued": _typed(created_at, "dateTime"),
        "dcat:dataset": [_dataset(entry, publisher) for entry in entries],
    }
    for name, missing in lacking(document):
        raise DataProblem(
            f"the catalogue lacks {missing} of {name}",
            where="catalogue.jsonld",
            todo="say it in the dataset's suite or in the city's contract",
        )
    return document


def lacking(node: Any) -> Iterator[tuple[str, str]]:
    """Yield (resource, property) for each mandatory property that a document lacks, or has in one
    language only."""
    if isinstance(node, list):
        for entry in node:
            yield from lacking(entry)
    elif isinstance(node, dict):
        name = str(node.get("@id", node.get("@type", "")))
        for wanted in MANDATORY.get(str(node.get("@type")), ()):
            if not node.get(wanted) or _lacks_language(node[wanted]):
                yield name, wanted
        for value in node.values():
            yield from lacking(value)


def _lacks_language(value: Any) -> bool:
    """Return whether a value is text that is not said in both languages."""
    members = value if isinstance(value, list) else [value]
    texts = [entry for entry in members if isinstance(entry, Mapping) and "@language" in entry]
    languages = {text["@language"] for text in texts if text.get("@value")}
    return bool(texts) and languages != {"en", "th"}


def _both(text: BilingualText) -> list[dict[str, str]]:
    return [{"@language": "th", "@value": text.th}, {"@language": "en", "@value": text.en}]


def _typed(value: Any, kind: str) -> dict[str, str]:
    return {"@type": f"xsd:{kind}", "@value": str(value)}


def _agent(publisher: Publisher) -> dict[str, Any]:
    return {
        "@id": "#publisher",
        "@type": "foaf:Agent",
        "foaf:name": _both(publisher.name),
        "foaf:mbox": {"@id": f"mailto:{publisher.email}"},
    }


def _dataset(entry: Entry, publisher: Publisher) -> dict[str, Any]:
    keywords = [
        {"@language": language, "@value": word}
        for language in ("th", "en")
        for word in entry.keywords[language]
    ]
    dataset = {
        "@id": f"#{entry.name}",
        "@type": "dcat:Dataset",
        "dct:identifier": entry.name,
        "dct:title": _both(entry.title),
        "dct:description": _both(entry.table.text),
        "dct:publisher": _agent(publisher),
        "dct:provenance": {"@type": "dct:ProvenanceStatement", "rdfs:label": _both(entry.source)},
        "dcat:contactPoint": _contact("#contact", publisher.name, publisher.email),
        "dcat:keyword": keywords,
        "dcat:theme": {"@id": THEMES[entry.theme]},
        "dcat:landingPage": {"@id": entry.page},
        "dct:accrualPeriodicity": {"@id": CADENCES[entry.cadence].uri},
        "dct:spatial": [_place(feed) for feed in entry.feeds],
        "dcat:distribution": [_distribution(entry, feed) for feed in entry.feeds],
    }
    if entry.first:
        dataset["dct:temporal"] = _period(entry)
    return dataset


def _contact(name: str, text: BilingualText, email: str) -> dict[str, Any]:
    return {
        "@id": name,
        "@type": "vcard:Organization",
        "vcard:fn": _both(text),
        "vcard:hasEmail": {"@id": f"mailto:{email}"},
    }


def _period(entry: Entry | FeedEntry) -> dict[str, Any]:
    return {
        "@type": "dct:PeriodOfTime",
        "dcat:startDate": _typed(entry.first, "date"),
        "dcat:endDate": _typed(entry.last, "date"),
    }


def _place(feed: FeedEntry) -> dict[str, Any]:
    """The city's province; ISO 3166-2 uses the codes of TIS 1099."""
    city = feed.city
    return {
        "@id": f"#TH-{city.code}",
        "@type": "dct:Location",
        "dct:identifier": f"TH-{city.code}",
        "skos:prefLabel": _both(BilingualText(city.name_en, city.name_th)),
    }


def _distribution(entry: Entry, feed: FeedEntry) -> dict[str, Any]:
    title = BilingualText(
        f"{entry.title.en}: {feed.city.name_en}", f"{entry.title.th}: {feed.city.name_th}"
    )
    distribution = {
        "@id": f"#{entry.name}-{feed.city.key}",
        "@type": "dcat:Distribution",
        "dct:title": _both(title),
        "dcat:accessURL": {"@id": f"{entry.page}#{feed.city.key}"},
        **_rights(feed.licence),
    }
    if feed.first:
        distribution["dct:temporal"] = _period(feed)
    return distribution


def _rights(licence: Licence) -> dict[str, Any]:
    """Return the licence, or the statement that the publisher names none."""
    label = _both(licence.text)
    if not licence.uri:
        return {"dct:rights": {"@type": "dct:RightsStatement", "rdfs:label": label}}
    document = {"@id": licence.uri, "@type": "dct:LicenseDocument", "rdfs:label": label}
    return {"dct:license": document}
