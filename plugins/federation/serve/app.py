"""The routes of `hub serve`.

Who comes brings a token: a browser in a cookie, which other sites cannot send along, a program as
`Authorization: Bearer`.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool

from federation.common.errors import HubError
from federation.common.settings import Settings
from federation.contracts.load import load_feeds
from federation.contracts.model import Feed
from federation.ledger import Ledger
from federation.messages.serve_words import ORDERS, WHENS
from federation.reporting.mail.subscriptions import Subscription, choose, subscription
from federation.serve.answering import Outcome, answer
from federation.serve.asked import asking
from federation.serve.pages import Pages, static_files
from federation.serve.tokens import holder_of, in_care_of

_LOG = logging.getLogger(__name__)
_COOKIE = "hub_token"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_MOST_BYTES = 4 << 20  # of a form
_MOST_FIELDS = 20_000  # of a form: some hundred groups with a hundred records each


class _NotIn(Exception):
    """Somebody without a good token; a browser is sent to the page that asks for one."""


def _secret(request: Request) -> str:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret if kind.lower() == "bearer" else request.cookies.get(_COOKIE, "")


def _holder(request: Request) -> str:
    """Return whose token came with a request; raises _NotIn where none did that is good."""
    ledger: Ledger = request.app.state.ledger
    holder = holder_of(_secret(request), ledger)
    if holder is None:
        raise _NotIn
    return holder


def _own_feeds(holder: Annotated[str, Depends(_holder)]) -> list[Feed]:
    """Return the feeds that the holder answers for, as the contracts say now."""
    feeds, _ = load_feeds()
    return in_care_of(holder, feeds)


Holder = Annotated[str, Depends(_holder)]
OwnFeeds = Annotated[list[Feed], Depends(_own_feeds)]


def make_app(settings: Settings, ledger: Ledger) -> FastAPI:
    """Return the application for one hub."""
    app = FastAPI(title="hub serve", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.ledger, app.state.home, app.state.pages = ledger, settings.home, Pages()
    app.middleware("http")(_guard)
    app.add_exception_handler(_NotIn, _ask_for_token)
    app.add_exception_handler(HubError, _in_trouble)
    app.add_exception_handler(OperationalError, _in_trouble)
    app.add_exception_handler(HTTPException, _refused)
    for path, method, route in _ROUTES:
        app.add_api_route(path, route, methods=[method], response_model=None)
    return app


async def _guard(request: Request, follow: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse a form that another site sent or that is too long, and let no answer be shown inside
    another site."""
    if request.method == "POST":
        origin = request.headers.get("Origin")
        if origin and urlsplit(origin).netloc != request.url.netloc:
            return JSONResponse({"error": "this form came from another site"}, 403, _HEADERS)
        length = request.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _MOST_BYTES:
            return JSONResponse({"error": "a form has a length, and 4 MiB at most"}, 413, _HEADERS)
    response = await follow(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    pages: Pages = request.app.state.pages
    return HTMLResponse(pages.render(template, values), status)


def _ask_for_token(request: Request, _: Exception) -> Response:
    if "Authorization" in request.headers:
        return JSONResponse({"error": "this token is unknown, has expired or was taken back"}, 401)
    return RedirectResponse(f"/login?then={quote(request.url.path)}", 303)


def _in_trouble(request: Request, error: Exception) -> Response:
    _LOG.error("%s: %s", request.url.path, error)
    return _page(request, "trouble.html.j2", 503, code=503)


def _refused(request: Request, error: Exception) -> Response:
    code = error.status_code if isinstance(error, HTTPException) else 500
    return _page(request, "trouble.html.j2", code, code=code)


def start() -> Response:
    return RedirectResponse("/answers", 303)


def health() -> dict[str, str]:
    """For probes: this process answers."""
    return {"status": "ok"}


def static(name: str) -> Response:
    """Return the look of the pages, their script or a font."""
    found = static_files().get(name)
    if found is None:
        raise HTTPException(404)
    content, kind = found
    return Response(content, media_type=kind, headers={"Cache-Control": "max-age=3600"})


def login_page(request: Request, then: str = "/answers") -> Response:
    return _page(request, "login.html.j2", then=_own_path(then), wrong=False)


async def login(request: Request) -> Response:
    """Keep the token in the browser where it is good."""
    form = await _form(request)
    then, secret = _own_path(form.get("then", "")), form.get("token", "").strip()
    holder = await run_in_threadpool(holder_of, secret, request.app.state.ledger)
    if holder is None:
        return _page(request, "login.html.j2", 401, then=then, wrong=True)
    answer = RedirectResponse(then, 303)
    answer.set_cookie(
        _COOKIE, secret, httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )
    return answer


def logout() -> Response:
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(_COOKIE)
    return answer


def list_feeds(request: Request, holder: Holder, feeds: OwnFeeds) -> Response:
    """Show the feeds in a steward's care, with what waits for an answer."""
    found = asking(feeds, request.app.state.ledger, request.app.state.home)
    rows = [(feed, found.on_hold(feed), found.due_by(feed)) for feed in feeds]
    return _page(request, "answers.html.j2", holder=holder, rows=rows)


def ask(request: Request, city: str, dataset: str, holder: Holder, feeds: OwnFeeds) -> Response:
    """Show what is asked about one feed."""
    return _asked(request, _named(city, dataset, feeds), holder)


async def take(
    request: Request, city: str, dataset: str, holder: Holder, feeds: OwnFeeds
) -> Response:
    """Take the answers of a form over, and show what became of each and what is still asked."""
    form = await _form(request)
    return await run_in_threadpool(_taken, request, form, _named(city, dataset, feeds), holder)


def _taken(request: Request, form: Mapping[str, str], feed: Feed, holder: str) -> Response:
    found = asking([feed], request.app.state.ledger, request.app.state.home)
    outcome = answer(form, feed, found, holder)
    # Who has to correct an answer finds the others as they were.
    return _asked(request, feed, holder, outcome, form if outcome.refused else {})


def _asked(
    request: Request,
    feed: Feed,
    holder: str,
    outcome: Outcome | None = None,
    given: Mapping[str, str] | None = None,
) -> Response:
    found = asking([feed], request.app.state.ledger, request.app.state.home)
    return _page(
        request,
        "feed.html.j2",
        feed=feed,
        holder=holder,
        groups=found.groups(feed),
        outcome=outcome,
        given=given or {},
    )


def show_mails(request: Request, holder: Holder) -> Response:
    """Show how the holder hears, to be changed."""
    return _mails(request, subscription(holder, request.app.state.ledger), kept=False)


async def choose_mails(request: Request, holder: Holder) -> Response:
    """Note how the holder wants to hear."""
    form = await _form(request)
    given = {"email": holder, "when": form.get("when"), "languages": _languages(form)}
    try:
        wish = Subscription.model_validate(given)
    except ValidationError as error:
        raise HTTPException(400) from error
    await run_in_threadpool(choose, wish, request.app.state.ledger)
    return _mails(request, wish, kept=True)


def _languages(form: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(form.get("languages", "").split(","))


def _mails(request: Request, wish: Subscription, *, kept: bool) -> Response:
    return _page(
        request,
        "mails.html.j2",
        holder=wish.email,
        wish=wish,
        kept=kept,
        whens=WHENS,
        orders=ORDERS,
    )


def _named(city: str, dataset: str, feeds: list[Feed]) -> Feed:
    """Return one of the holder's feeds; raises HTTPException where it is none, or is not theirs."""
    for feed in feeds:
        if feed.key == (city, dataset):
            return feed
    raise HTTPException(404)


async def _form(request: Request) -> dict[str, str]:
    form = await request.form(max_fields=_MOST_FIELDS, max_files=0)
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _own_path(path: str) -> str:
    """Return a path of this site; another place becomes the first page."""
    return path if path.startswith(("/answers", "/mails")) else "/answers"


_ROUTES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("/", "GET", start),
    ("/health", "GET", health),
    ("/static/{name:path}", "GET", static),
    ("/login", "GET", login_page),
    ("/login", "POST", login),
    ("/logout", "POST", logout),
    ("/mails", "GET", show_mails),
    ("/mails", "POST", choose_mails),
    ("/answers", "GET", list_feeds),
    ("/answers/{city}/{dataset}", "GET", ask),
    ("/answers/{city}/{dataset}", "POST", take),
)
