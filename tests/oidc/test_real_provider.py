"""Signing in against a real provider, over HTTP as a browser does it: in, again, refused, rotated, out."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import urllib3
from django.test import Client

from linli.foundation.accounts import oidc
from linli.foundation.accounts.models import Identity
from linli.foundation.accounts.services import identity_confirm
from linli.foundation.audit.models import AuditRecord
from tests.oidc.provider import RealProvider, running
from tests.people import Cast

HERE = "http://testserver"
START, BACK = "/desk/sign-in/oidc/", "/desk/sign-in/oidc/return/"


@pytest.fixture(scope="module")
def process() -> Iterator[RealProvider]:
    """One provider for the module; it says that a one-time code was asked for."""
    with running(HERE, methods=("pwd", "otp")) as found:
        yield found


@pytest.fixture
def provider(process: RealProvider, settings: Any) -> RealProvider:
    """The provider, known to this installation, nothing of it remembered."""
    process.settings_say(settings)
    settings.OIDC_SECOND_FACTOR = ["otp"]
    oidc._known.clear()
    return process


class Visitor:
    """A browser's way through the provider's pages, with its cookies."""

    def __init__(self) -> None:
        self.http = urllib3.PoolManager(retries=False)
        self.cookies: dict[str, str] = {}

    def go(self, method: str, url: str, fields: dict[str, str] | None = None) -> urllib3.BaseHTTPResponse:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = urlencode(fields) if fields is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self.http.request(method, url, headers=headers, body=body, redirect=False)
        for cookie in answer.headers.getlist("Set-Cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def sign_in(self, url: str, name: str) -> str:
        """Follow the provider from the first address to the one that leads back to us."""
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        answer = self.go("GET", url)
        while True:
            to = answer.headers["Location"]
            if to.startswith(HERE):
                return to
            to = to if to.startswith("http") else f"{origin}{to}"
            page = self.go("GET", to)
            answer = self.go("POST", to, {"name": name}) if page.status == 200 else page


def begun(client: Client, wanted: str = "") -> str:
    return str(client.get(START, {"next": wanted} if wanted else {}).headers["Location"])


def comes_back(client: Client, name: str, wanted: str = "") -> Any:
    back = Visitor().sign_in(begun(client, wanted), name)
    return client.get(back.removeprefix(HERE))


def linked(cast: Cast, name: str, who: str) -> Identity:
    identity = Identity.objects.get(account=cast.accounts[name], ended_at__isnull=True)
    return identity_confirm(actor=cast.actor(who), identity=identity)


def test_the_first_time_waits_for_an_administrator_and_then_it_is_enough(
    cast: Cast, provider: RealProvider
) -> None:
    client = Client()
    page = comes_back(client, "worker2")
    assert page.status_code == 403 and "等待管理员确认" in page.content.decode()
    assert "_auth_user_id" not in client.session
    claim = AuditRecord.objects.get(verb="identity.claim")
    assert claim.subject_id == str(Identity.objects.get().public_id)
    assert comes_back(client, "worker2").status_code == 403  # again: the same claim, not a second one
    assert Identity.objects.count() == 1

    linked(cast, "worker2", "worker")
    before = client.session.session_key
    answer = comes_back(client, "worker2", wanted="/desk/matters/?q=x")
    assert answer.headers["Location"] == "/desk/sign-in/step/"
    answer = client.get("/desk/sign-in/step/")
    assert answer.headers["Location"] == "/desk/matters/?q=x"
    assert client.session["_auth_user_id"] == str(cast.accounts["worker2"].pk)
    assert client.session.session_key != before
    assert AuditRecord.objects.filter(verb="account.sign_in").count() == 1
    assert client.get("/desk/").status_code == 200


def test_nobody_becomes_somebody_without_an_account(cast: Cast, provider: RealProvider) -> None:
    client = Client()
    page = comes_back(client, "stranger")
    assert page.status_code == 403 and "没有您的工作账号" in page.content.decode()
    assert not Identity.objects.exists()
    assert client.get("/desk/").status_code == 302


def test_without_a_trusted_factor_our_own_step_follows(
    cast: Cast, provider: RealProvider, settings: Any
) -> None:
    settings.OIDC_SECOND_FACTOR = ["hwk"]
    client = Client()
    comes_back(client, "worker2")
    linked(cast, "worker2", "worker")
    comes_back(client, "worker2")
    page = client.get("/desk/sign-in/step/")
    assert page.status_code == 200 and "绑定身份验证器" in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_stopped_account_stays_out(cast: Cast, provider: RealProvider) -> None:
    client = Client()
    comes_back(client, "worker2")
    linked(cast, "worker2", "worker")
    account = cast.accounts["worker2"]
    account.is_active = False
    account.save()
    page = comes_back(client, "worker2")
    assert page.status_code == 403 and "停用" in page.content.decode()


def test_who_says_no_is_told_so(cast: Cast, provider: RealProvider) -> None:
    page = comes_back(Client(), "")
    assert page.status_code == 403 and "取消" in page.content.decode()


def test_a_code_works_once_and_in_one_browser(cast: Cast, provider: RealProvider) -> None:
    client, other = Client(), Client()
    back = Visitor().sign_in(begun(client), "worker2").removeprefix(HERE)
    assert other.get(back).status_code == 403  # somebody else's browser
    begun(other)
    assert "不是从这里开始" in other.get(back).content.decode()  # whose state is another
    assert "等待管理员确认" in client.get(back).content.decode()
    assert client.get(back).status_code == 403  # the state is spent
    # A browser that keeps its state all the same: the provider knows the code as used.
    begun(client)
    state = client.session["oidc_sign_in"]["state"]
    used = parse_qs(urlsplit(back).query)
    again = {"code": used["code"][0], "state": state, "iss": used["iss"][0]}
    page = client.get(BACK, again)
    assert page.status_code == 403 and "拒绝" in page.content.decode()


def test_another_nonce_is_not_this_sign_in(cast: Cast, provider: RealProvider) -> None:
    client = Client()
    back = Visitor().sign_in(begun(client), "worker2").removeprefix(HERE)
    session = client.session
    session["oidc_sign_in"] = {**session["oidc_sign_in"], "nonce": "another"}
    session.save()
    assert "不是这一次登录的" in client.get(back).content.decode()
    assert not Identity.objects.exists()


@pytest.mark.parametrize("iss", ["http://127.0.0.1:1", ""])
def test_another_issuer_in_the_answer_is_refused(cast: Cast, provider: RealProvider, iss: str) -> None:
    client = Client()
    back = Visitor().sign_in(begun(client), "worker2").removeprefix(HERE)
    said = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()} | {"iss": iss}
    assert "别的认证方" in client.get(BACK, said).content.decode()


def test_a_new_key_of_the_provider_is_looked_for(cast: Cast, provider: RealProvider) -> None:
    assert comes_back(Client(), "worker2").status_code == 403
    provider.stop()
    provider.start(kid="second")
    page = comes_back(Client(), "worker2")
    assert "等待管理员确认" in page.content.decode()
    assert [key["kid"] for key in oidc._known[oidc.provider().jwks_uri][1]["keys"]] == ["second"]


def test_a_provider_that_does_not_answer_leaves_the_password(cast: Cast, provider: RealProvider) -> None:
    provider.stop()
    try:
        page = Client().get(START)
        assert page.status_code == 502 and "127.0.0.1" in page.content.decode()
        assert Client().get("/desk/sign-in/").status_code == 200
    finally:
        provider.start()


def test_signing_out_offers_to_end_the_providers_session(cast: Cast, provider: RealProvider) -> None:
    client = Client()
    comes_back(client, "worker2")
    linked(cast, "worker2", "worker")
    comes_back(client, "worker2")
    client.get("/desk/sign-in/step/")
    answer = client.post("/sign-out/")
    assert answer.headers["Location"] == "/desk/sign-in/oidc/signed-out/"
    page = client.get(answer.headers["Location"]).content.decode()
    assert f"{provider.issuer}/session/end?client_id=linli" in page
    assert client.get("/desk/").status_code == 302
