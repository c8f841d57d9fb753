"""Identity tokens that lie, each in one way; who may link whom. The provider here is made of two keys."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from linli.core import clock as core_clock
from linli.core import outbound
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.foundation.accounts import oidc, services
from linli.foundation.accounts.models import Identity
from linli.foundation.accounts.oidc import Claims, SignInRefused
from linli.foundation.audit.models import AuditRecord
from tests.people import Cast

ISSUER = "https://sso.example.cn"
KEY, OTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
ABOUT = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth?tenant=1",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/jwks",
}


def public(key: rsa.RSAPrivateKey, kid: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return {**said, "kid": kid, "use": "sig", "alg": "RS256"}


class Pretender:
    """Answers as a provider does, with whatever a test puts into its mouth."""

    def __init__(self) -> None:
        self.about: dict[str, Any] = dict(ABOUT)
        self.keys = [public(KEY, "one")]
        self.token = ""
        self.status = 200
        self.asked: list[tuple[str, bytes | None, dict[str, str]]] = []

    def request(self, method: str, url: str, *, headers: Any = None, body: Any = None) -> outbound.Answer:
        self.asked.append((url, body, dict(headers or {})))
        said: Any = {"keys": self.keys} if url.endswith("/jwks") else self.about
        if url.endswith("/token"):
            said = {"id_token": self.token, "access_token": "x", "token_type": "Bearer"}
            return outbound.Answer(self.status, {}, json.dumps(said).encode())
        return outbound.Answer(200, {}, json.dumps(said).encode())


@pytest.fixture
def pretender(settings: Any, monkeypatch: pytest.MonkeyPatch, clock: datetime) -> Pretender:
    """The provider, and an installation that knows it; the clock stands still."""
    found = Pretender()
    monkeypatch.setattr(outbound, "request", found.request)
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = ISSUER, "linli"
    settings.OIDC_CLIENT_SECRET, settings.OIDC_SECOND_FACTOR = "s:e&c", ["otp", "gold"]
    oidc._known.clear()
    return found


def token(key: Any = KEY, alg: str = "RS256", kid: str = "one", **more: Any) -> str:
    """Sign a good identity token, but for what ``more`` says (``None`` leaves a claim out)."""
    now = int(core_clock.now().timestamp())
    said = {"iss": ISSUER, "sub": "u1", "aud": "linli", "exp": now + 300, "iat": now, "nonce": "n"}
    said |= {"preferred_username": "worker2", **more}
    return jwt.encode({n: v for n, v in said.items() if v is not None}, key, alg, headers={"kid": kid})


def end(pretender: Pretender, id_token: str, **query: str) -> Claims:
    pretender.token = id_token
    return oidc.sign_in_end({"state": "s", "code": "c", **query}, state="s", nonce="n", verifier="v")


def test_a_good_token_says_who_it_is(pretender: Pretender) -> None:
    claims = end(pretender, token(amr=["pwd", "otp"], acr="silver"))
    assert claims == Claims(ISSUER, "u1", "worker2", frozenset({"pwd", "otp", "silver"}))
    assert claims.has_second_factor
    assert not end(pretender, token(amr=["pwd"])).has_second_factor
    assert end(pretender, token(acr="gold")).has_second_factor
    _url, body, headers = next(row for row in pretender.asked if row[0].endswith("/token"))
    assert b"code_verifier=v" in (body or b"") and b"s%3Ae" not in (body or b"")
    assert headers["Authorization"] == "Basic bGlubGk6cyUzQWUlMjZj"  # linli:s%3Ae%26c


def test_the_browser_is_sent_with_state_nonce_and_challenge(pretender: Pretender) -> None:
    begun, again = oidc.sign_in_begin(), oidc.sign_in_begin()
    assert begun.url.startswith(f"{ISSUER}/auth?tenant=1&response_type=code&client_id=linli&")
    for part in (f"state={begun.state}", f"nonce={begun.nonce}", "code_challenge_method=S256"):
        assert part in begun.url
    assert begun.verifier not in begun.url
    assert len({begun.state, begun.nonce, begun.verifier, again.state, again.nonce, again.verifier}) == 6


def seconds(**shift: float) -> int:
    return int((core_clock.now() + timedelta(**shift)).timestamp())


LIES: dict[str, Callable[[], str]] = {
    "another nonce": lambda: token(nonce="m"),
    "no nonce": lambda: token(nonce=None),
    "expired": lambda: token(exp=seconds(seconds=-61)),
    "no end": lambda: token(exp=None),
    "no words for an end": lambda: token(exp="soon"),
    "end beyond time": lambda: token(exp=10**30),
    "of the future": lambda: token(iat=seconds(seconds=120)),
    "another audience": lambda: token(aud="other"),
    "no audience": lambda: token(aud=None),
    "several audiences, not for us": lambda: token(aud=["linli", "other"]),
    "several audiences, for another": lambda: token(aud=["linli", "other"], azp="other"),
    "another issuer": lambda: token(iss="https://evil.example.cn"),
    "issuer with a slash": lambda: token(iss=f"{ISSUER}/"),
    "no subject": lambda: token(sub=None),
    "empty subject": lambda: token(sub=""),
    "another key": lambda: token(key=OTHER),
    "unknown key": lambda: token(key=OTHER, kid="two"),
    "alg none": lambda: token(key="", alg="none"),
    "a secret known to all": lambda: token(key="x" * 64, alg="HS256"),
    "no token at all": lambda: "",
    "three words": lambda: "a.b.c",
    "changed behind the signature": lambda: token()[:-12] + "AAAAAAAAAAAA",
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_lies_is_refused(pretender: Pretender, lie: str) -> None:
    with pytest.raises(SignInRefused):
        end(pretender, LIES[lie]())


def test_small_differences_of_clocks_are_borne(pretender: Pretender) -> None:
    assert end(pretender, token(exp=seconds(seconds=-50), iat=seconds(seconds=50))).subject == "u1"
    assert end(pretender, token(aud=["linli", "other"], azp="linli")).subject == "u1"


@pytest.mark.parametrize("query", [{"state": "t"}, {"state": ""}, {"code": ""}, {"error": "access_denied"}])
def test_what_the_browser_brings_must_fit(pretender: Pretender, query: dict[str, str]) -> None:
    with pytest.raises(SignInRefused):
        end(pretender, token(), **query)
    assert not [row for row in pretender.asked if row[0].endswith("/token")]  # no code was spent


def test_an_issuer_that_names_itself_is_compared(pretender: Pretender) -> None:
    pretender.about["authorization_response_iss_parameter_supported"] = True
    with pytest.raises(SignInRefused, match="别的认证方"):
        end(pretender, token())
    with pytest.raises(SignInRefused, match="别的认证方"):
        end(pretender, token(), iss="https://evil.example.cn")
    assert end(pretender, token(), iss=ISSUER).subject == "u1"


def test_a_provider_with_another_name_is_not_ours(pretender: Pretender) -> None:
    pretender.about["issuer"] = "https://evil.example.cn"
    with pytest.raises(SignInRefused, match="设置不同"):
        oidc.sign_in_begin()


def test_a_refused_code_is_said(pretender: Pretender) -> None:
    pretender.status = 400
    with pytest.raises(SignInRefused, match="拒绝"):
        end(pretender, token())


def test_keys_change_and_are_looked_for_once(pretender: Pretender) -> None:
    assert end(pretender, token()).subject == "u1"
    pretender.keys = [public(OTHER, "two")]
    assert end(pretender, token(key=OTHER, kid="two")).subject == "u1"
    reads = sum(url.endswith("/jwks") for url, _body, _headers in pretender.asked)
    assert reads == 2
    assert end(pretender, token(key=OTHER, kid="two")).subject == "u1"
    assert sum(url.endswith("/jwks") for url, _body, _headers in pretender.asked) == reads
    with pytest.raises(SignInRefused):  # the old key is no longer one
        end(pretender, token())


def test_a_shared_key_of_the_provider_is_no_key(pretender: Pretender) -> None:
    pretender.keys = [{"kty": "oct", "k": "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg", "kid": "one"}]
    with pytest.raises(SignInRefused):
        end(pretender, token(key="x" * 32, alg="HS256"))


# -- who is which account -----------------------------------------------------------------
CLAIMS = Claims(ISSUER, "u1", "worker2", frozenset())


def test_who_may_link_whom(cast: Cast, pretender: Pretender) -> None:
    account = cast.accounts["worker2"]
    for who in ("worker2", "worker_b", "department", "resident", "visitor", "other_street"):
        with pytest.raises(NotAllowed):
            services.identity_link(actor=cast.actor(who), account=account, subject="u1")
    made = services.identity_link(actor=cast.actor("worker"), account=account, subject=" u1 ")
    assert (made.subject, made.issuer, made.confirmed_by_id) == ("u1", ISSUER, cast.person("worker").pk)
    assert AuditRecord.objects.get(verb="identity.link").subject_id == str(made.public_id)
    with pytest.raises(NotAllowed):  # never for oneself
        services.identity_link(actor=cast.actor("worker"), account=cast.accounts["worker"], subject="u9")


@pytest.mark.parametrize("subject", ["", "  ", "x" * 256, "a\0b"])
def test_what_is_no_subject_is_refused(cast: Cast, pretender: Pretender, subject: str) -> None:
    with pytest.raises(InvalidInput):
        services.identity_link(actor=cast.actor("worker"), account=cast.accounts["worker2"], subject=subject)
    assert not Identity.objects.exists()


def test_a_subject_is_one_account_and_an_account_one_subject(cast: Cast, pretender: Pretender) -> None:
    street = cast.actor("street")
    first = services.identity_link(actor=street, account=cast.accounts["worker2"], subject="u1")
    for account, subject in (("worker", "u1"), ("worker2", "u2")):
        with pytest.raises(Conflict):
            services.identity_link(actor=street, account=cast.accounts[account], subject=subject)
    services.identity_end(actor=street, identity=first)
    with pytest.raises(Conflict):
        services.identity_end(actor=street, identity=first)
    assert services.identity_link(actor=street, account=cast.accounts["worker"], subject="u1").pk != first.pk


def test_a_claim_is_confirmed_or_refused_by_another(cast: Cast, pretender: Pretender) -> None:
    account = cast.accounts["worker2"]
    claim = services.identity_claim(actor=cast.actor("visitor"), account=account, claims=CLAIMS)
    assert claim.confirmed_at is None
    for who in ("worker2", "worker_b", "visitor"):
        with pytest.raises(NotAllowed):
            services.identity_confirm(actor=cast.actor(who), identity=claim)
        with pytest.raises(NotAllowed):
            services.identity_end(actor=cast.actor(who), identity=claim)
    services.identity_confirm(actor=cast.actor("worker"), identity=claim)
    with pytest.raises(Conflict):
        services.identity_confirm(actor=cast.actor("worker"), identity=claim)
    with pytest.raises(NotAllowed):  # a resident's account is never claimed
        services.identity_claim(actor=cast.actor("visitor"), account=cast.accounts["resident"], claims=CLAIMS)


def test_an_administrator_is_shown_who_waits(cast: Cast, pretender: Pretender) -> None:
    account = cast.accounts["worker2"]
    claim = services.identity_claim(actor=cast.actor("visitor"), account=account, claims=CLAIMS)
    client = cast.client("worker")
    assert "等您确认" in client.get("/desk/settings/users/").content.decode()
    assert "等您确认" not in cast.client("worker_b").get("/desk/settings/users/").content.decode()
    page = f"/desk/settings/users/{account.public_id}/"
    assert "是本人，确认" in client.get(page).content.decode()
    assert client.post(f"{page}identities/{claim.public_id}/confirm/").status_code == 302
    assert Identity.objects.get().confirmed_by_id == cast.person("worker").pk
    assert client.post(f"{page}identities/{claim.public_id}/end/").status_code == 302
    assert client.post(f"{page}identities/", {"subject": "by-hand"}).status_code == 302
    assert Identity.objects.get(ended_at__isnull=True).subject == "by-hand"
    own = client.get(f"/desk/settings/users/{cast.accounts['worker'].public_id}/").content.decode()
    assert "另一位管理员" in own


def test_without_a_provider_nothing_is_offered(cast: Cast) -> None:
    assert "/desk/sign-in/oidc/" not in Client().get("/desk/sign-in/").content.decode()
    assert Client().get("/desk/sign-in/oidc/").status_code == 404
    assert Client().get("/desk/sign-in/oidc/return/?code=x&state=y").status_code == 403


def test_with_one_there_is_a_button(cast: Cast, pretender: Pretender) -> None:
    page = Client().get("/desk/sign-in/?next=/desk/matters/").content.decode()
    assert "/desk/sign-in/oidc/?next=%2Fdesk%2Fmatters%2F" in page and "统一身份认证" in page
