"""A transport is one module of the package, and what it needs comes when it opens."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from itertools import chain

import pytest
from federation import transport
from federation.common.errors import HubError
from federation.transport import transport_for
from federation.transport.base import Kind
from federation.transport.connection import Connection
from federation.transport.directory import Directory
from federation.transport.limits import Limits


def test_every_name_is_of_one_kind() -> None:
    names = list(chain.from_iterable(kind.names for kind in transport._kinds()))
    assert len(names) == len(set(names))
    assert {"file", "https", "s3", "sftp", "ckan"} <= set(names)


def test_a_module_with_a_kind_is_a_transport(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(connection: Connection, limits: Limits) -> Directory:
        return Directory(f"/{connection.path}", limits)

    names = import_module("federation.transport.names")
    monkeypatch.setattr(names, "KIND", Kind(("dav",), ("depth",), opened), raising=False)
    transport._kinds.cache_clear()
    try:
        assert transport_for("dav://host/data?depth=1").where == "/data"
        with pytest.raises(HubError, match=r"unknown extra x"):
            transport_for("dav://host/data?x=1")
    finally:
        transport._kinds.cache_clear()


def test_an_unknown_kind_is_refused_with_those_there_are() -> None:
    with pytest.raises(HubError, match=r"(?s)no transport for gopher://.*ckan.*sftp"):
        transport_for("gopher://host/data")


def test_knowing_the_kinds_imports_none_of_their_libraries() -> None:
    code = (
        "import sys; from federation import transport; transport._kinds(); "
        "print(sorted({'boto3', 'botocore', 'ckanapi', 'paramiko'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
