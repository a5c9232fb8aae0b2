"""Texts in tables that people open with a spreadsheet."""

# The byte order mark: without it, Excel reads the Thai of a CSV file as Latin text.
BOM = b"\xef\xbb\xbf"
# A spreadsheet takes a text that begins so for a formula; tab and carriage return hide one.
# Source: OWASP, "CSV Injection".
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def without_formula(value: object) -> object:
    """Return the value; a text that a spreadsheet would run gets an apostrophe before it."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
