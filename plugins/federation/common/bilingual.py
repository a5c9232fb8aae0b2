"""A text in both languages of the hub."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BilingualText:
    """One text in English and Thai; as a string both stand beside each other."""

    en: str
    th: str

    def __str__(self) -> str:
        return f"{self.en} / {self.th}"
