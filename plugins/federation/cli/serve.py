"""`hub serve` and `hub token`: what people reach over the network, and who may."""

import argparse
from contextlib import suppress
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING

from federation.cli.common import Actions, json_option, open_hub, print_json
from federation.common.console import show_table
from federation.common.errors import HubError
from federation.common.periods import BANGKOK
from federation.common.settings import Settings
from federation.contracts.load import load_feeds
from federation.ledger import open_ledger

if TYPE_CHECKING:
    from federation.ledger.tokens import Token

_DAYS = 90  # that a token is good for
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve(options: argparse.Namespace) -> int:
    """`hub serve`: until it is ended by a signal."""
    import uvicorn

    from federation.serve.app import make_app

    _refuse_bare(options)
    settings = Settings.from_environment()
    with open_ledger(settings) as ledger:
        scheme = "https" if options.certificate else "http"
        print(f"{scheme}://{options.host}:{options.port}/ until Ctrl-C", flush=True)
        with suppress(KeyboardInterrupt):  # uvicorn ends in order and hands the signal on
            uvicorn.run(
                make_app(settings, ledger),
                host=options.host,
                port=options.port,
                log_level="warning",
                ssl_certfile=options.certificate,
                ssl_keyfile=options.key,
                server_header=False,
            )
    return 0


def _refuse_bare(options: argparse.Namespace) -> None:
    """Raise HubError where tokens would cross a network in the clear."""
    for file in (options.certificate, options.key):
        if file and not Path(file).is_file():
            raise HubError("there is no such file", where=file, todo="name the PEM file")
    if options.host not in _LOOPBACK and not (options.certificate or options.behind_proxy):
        raise HubError(
            "tokens would cross the network unprotected",
            where=f"--host {options.host}",
            todo="give --certificate and --key, or --behind-proxy where a proxy speaks TLS",
        )


def token_issue(options: argparse.Namespace) -> int:
    """`hub token issue`: the secret is printed once and nowhere kept."""
    from federation.serve.tokens import issue

    with open_hub(silent=True) as hub:
        feeds, _ = load_feeds()
        secret = issue(options.address, options.days, getuser(), feeds, hub.ledger)
    if options.json:
        print_json({"holder": options.address, "days": options.days, "token": secret})
    else:
        print(secret)
    return 0


def token_list(options: argparse.Namespace) -> int:
    """`hub token list`: without secrets, which nobody knows."""
    with open_hub(silent=True) as hub:
        tokens = hub.ledger.tokens.all()
    rows = [_row(token) for token in tokens]
    names = ("id", "holder", "audience", "issued", "expires", "state")
    if options.json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        show_table(names, rows)
    return 0


def _row(token: "Token") -> tuple[str, ...]:
    issued = token.issued_at or token.expires_at
    days = [f"{instant.astimezone(BANGKOK):%Y-%m-%d}" for instant in (issued, token.expires_at)]
    now = datetime.now(UTC)
    state = "good" if token.is_good(now) else "revoked" if token.revoked_at else "expired"
    return token.token_id, token.holder, token.audience, *days, state


def token_revoke(options: argparse.Namespace) -> int:
    """`hub token revoke`: it opens nothing from now on."""
    from federation.serve.tokens import revoke

    with open_hub(silent=True) as hub:
        token = revoke(options.token, getuser(), options.reason, hub.ledger)
    if options.json:
        print_json({"id": token.token_id, "holder": token.holder})
    else:
        print(f"token {token.token_id} of {token.holder} opens nothing any more")
    return 0


# -- arguments -------------------------------------------------------------------------------------


def add_serve_arguments(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Pages on which stewards answer about records on hold, as in the workbook of their mails. "
        "Each needs a token (`hub token issue`)."
    )
    command.add_argument("--host", default="127.0.0.1", help="address to listen on; loopback")
    command.add_argument("--port", type=int, default=8090, help="port; 8090")
    command.add_argument("--certificate", metavar="FILE", help="TLS certificate, PEM")
    command.add_argument("--key", metavar="FILE", help="its private key, PEM")
    command.add_argument(
        "--behind-proxy", action="store_true", help="a proxy before it speaks TLS with people"
    )
    command.set_defaults(command=serve)


def add_token_arguments(command: argparse.ArgumentParser) -> None:
    command.description = "Who may use `hub serve`. Only hashes of tokens are kept."
    actions = command.add_subparsers(required=True, metavar="ACTION")
    _add_issue(actions)
    listed = actions.add_parser("list", help="whose tokens there are, and which are good")
    json_option(listed)
    listed.set_defaults(command=token_list)
    revoked = actions.add_parser("revoke", help="take a token back at once")
    revoked.add_argument("token", metavar="ID", help="the id of `hub token list`, or its beginning")
    revoked.add_argument("--reason", default="", help="why; it is kept in the ledger")
    json_option(revoked)
    revoked.set_defaults(command=token_revoke)


def _add_issue(actions: Actions) -> None:
    command = actions.add_parser("issue", help="make a token for a steward, and print it once")
    command.add_argument("address", metavar="ADDRESS", help="a steward's address in a contract")
    command.add_argument("--days", type=int, default=_DAYS, help=f"days it is good for; {_DAYS}")
    json_option(command)
    command.set_defaults(command=token_issue)
