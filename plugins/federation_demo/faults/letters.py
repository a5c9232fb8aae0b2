"""Faults of encodings and digits."""

from federation.conform.sandbox.job import ExpectedColumn

from federation_demo.faults.kinds import EITHER, REJECTED, fault
from federation_demo.faults.native import Change, Native, Rows, worded

_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def _thai_text(native: Native) -> ExpectedColumn | None:
    """The first column of Thai words of which at least eight rows are given."""
    for promise in native.expected_columns():
        if promise.kind == "text" and promise.column in native.table.schema.names:
            words = [
                word
                for word in native.table.column(promise.column).to_pylist()
                if isinstance(word, str | bytes)
            ]
            texts = [word if isinstance(word, str) else word.decode("tis-620") for word in words]
            if sum(any("ก" <= sign <= "๛" for sign in text) for text in texts) >= max(
                8, len(texts) // 2
            ):
                return promise
    return None


def _broken(native: Native, change: Change, where: Rows | None = None) -> Native | None:
    promise = _thai_text(native)
    return native.change(promise, change, where) if promise else None


@fault("encoding", "other_encoding", REJECTED)
def other_encoding(native: Native) -> Native | None:
    """Thai texts are TIS-620 bytes where UTF-8 is promised, or the reverse."""
    return _broken(native, _recoded)


@fault("encoding", "other_encoding", EITHER)
def other_encoding_in_some_rows(native: Native) -> Native | None:
    """One Thai text in ten is in the other encoding."""
    return _broken(native, _recoded, native.some(0.1)) if len(native.table) >= 40 else None


def _recoded(value: str | bytes) -> bytes:
    return value.decode("tis-620").encode() if isinstance(value, bytes) else value.encode("tis-620")


@fault("encoding", "mojibake", REJECTED)
def utf8_read_as_latin1(native: Native) -> Native | None:
    """UTF-8 was read as latin-1 and written again."""
    promise = _thai_text(native)
    if promise is None or promise.encoding != "utf-8":
        return None
    return native.change(promise, worded(lambda text: text.encode().decode("latin-1")))


@fault("encoding", "mojibake", REJECTED)
def utf8_read_as_cp1252(native: Native) -> Native | None:
    """UTF-8 was read as cp1252 and written again."""
    promise = _thai_text(native)
    if promise is None or promise.encoding != "utf-8":
        return None
    return native.change(
        promise, worded(lambda text: "".join(_cp1252(byte) for byte in text.encode()))
    )


def _cp1252(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


@fault("encoding", "mojibake", REJECTED)
def tis620_read_as_latin1(native: Native) -> Native | None:
    """TIS-620 was read as latin-1 and written again."""
    promise = _thai_text(native)
    if promise is None or promise.encoding != "utf-8":
        return None
    return native.change(
        promise, worded(lambda text: text.encode("tis-620", "ignore").decode("latin-1"))
    )


@fault("encoding", "mojibake", REJECTED)
def letters_lost(native: Native) -> Native | None:
    """Thai letters have become question marks."""
    promise = _thai_text(native)
    if promise is None or promise.encoding != "utf-8":
        return None
    return native.change(promise, worded(lambda text: text.encode("ascii", "replace").decode()))


@fault("encoding", "other_digits", REJECTED)
def thai_digits(native: Native) -> Native | None:
    """Figures are in Thai digits where Arabic ones are promised."""
    promise = next(
        (
            entry
            for entry in native.expected_columns()
            if entry.kind == "number"
            and entry.digits == "arabic"
            and entry.column in native.table.schema.names
            and len(native.table) >= 12
            and str(native.table.schema.field(entry.column).type) == "string"
        ),
        None,
    )
    return native.change(promise, lambda text: text.translate(_THAI)) if promise else None


@fault("encoding", "other_digits", EITHER)
def thai_digits_in_dates(native: Native) -> Native | None:
    """Dates are in Thai digits where Arabic ones are promised."""
    promise = next(
        (
            entry
            for entry in native.expected_columns()
            if entry.kind == "time"
            and entry.digits == "arabic"
            and entry.column in native.table.schema.names
            and len(native.table) >= 12
            and str(native.table.schema.field(entry.column).type) == "string"
        ),
        None,
    )
    return native.change(promise, lambda text: text.translate(_THAI)) if promise else None
