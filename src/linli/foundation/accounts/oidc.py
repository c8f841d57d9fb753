"""The common sign-in by OpenID Connect: where to send somebody, and whether what came back is true.

Authorization code with PKCE, state and nonce. Nothing that a browser carries is believed before it was
checked: the code is exchanged by this server, the identity token's signature, issuer, audience, nonce and
times are verified. Every call goes by ``core.outbound``; the provider's host must be on the operator's list.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt
from django.conf import settings
from django.utils.translation import gettext as _

from linli.core import clock, outbound
from linli.core.errors import Refusal
from linli.core.words import gettext_lazy

ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"})
KNOWN_FOR = timedelta(hours=1)
LEEWAY = timedelta(seconds=60)
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


class SignInRefused(Refusal):
    """What came back from the common sign-in cannot be believed, or the person said no."""

    code = "oidc.refused"
    status = 403
    message = gettext_lazy("统一身份认证没有完成。")
    hint = gettext_lazy("请重新登录；如果反复出现，请把请求编号告诉运维人员，或先用工作账号和密码登录。")


@dataclass(frozen=True, slots=True)
class Provider:
    """What a provider says about itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str
    names_itself: bool
    token_methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Started:
    """A sign-in that has begun: where to send the browser, and what must come back or fit."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Claims:
    """Who the provider says has signed in; ``methods`` are its ``amr`` and ``acr``."""

    issuer: str
    subject: str
    username: str
    methods: frozenset[str]

    @property
    def has_second_factor(self) -> bool:
        """Whether the provider has asked for a second factor that this installation trusts."""
        return bool(self.methods & set(settings.OIDC_SECOND_FACTOR))


_known: dict[str, tuple[datetime, dict[str, Any]]] = {}


def is_offered() -> bool:
    """Whether this installation has a common sign-in."""
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID)


def return_address() -> str:
    """Return where the provider sends the browser back to; it must be registered there."""
    return f"{settings.BASE_URL.rstrip('/')}/desk/sign-in/oidc/return/"


def _refuse(why: str) -> SignInRefused:
    return SignInRefused(_("统一身份认证的应答不可信：%s。") % why)


def _json(answer: outbound.Answer) -> dict[str, Any]:
    try:
        said = json.loads(answer.body)
    except ValueError as error:
        raise _refuse(_("不是JSON")) from error
    if not answer.is_ok or not isinstance(said, dict):
        raise _refuse(_("对方拒绝了请求"))
    return said


def _fetched(url: str, *, anew: bool = False) -> dict[str, Any]:
    """Return a document of the provider, an hour at most after it was read."""
    known = _known.get(url)
    if known is not None and not anew and timedelta(0) <= clock.now() - known[0] < KNOWN_FOR:
        return known[1]
    said = _json(outbound.request("GET", url, headers={"Accept": "application/json"}))
    _known[url] = (clock.now(), said)
    return said


def provider() -> Provider:
    """Return what the provider says about itself; it must name itself exactly as the operator did."""
    said = _fetched(f"{settings.OIDC_ISSUER.rstrip('/')}/.well-known/openid-configuration")
    if said.get("issuer") != settings.OIDC_ISSUER:
        raise _refuse(_("认证方的名称与设置不同"))
    try:
        return Provider(
            issuer=said["issuer"],
            authorization_endpoint=said["authorization_endpoint"],
            token_endpoint=said["token_endpoint"],
            jwks_uri=said["jwks_uri"],
            end_session_endpoint=said.get("end_session_endpoint", ""),
            names_itself=said.get("authorization_response_iss_parameter_supported") is True,
            token_methods=tuple(said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])),
        )
    except KeyError as error:
        raise _refuse(_("认证方没有说明地址")) from error


def sign_in_begin() -> Started:
    """Return where to send the browser, with fresh secrets for this one sign-in."""
    to = provider()
    state, nonce, verifier = (secrets.token_urlsafe(32) for _place in range(3))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": return_address(),
        "scope": settings.OIDC_SCOPES,
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    joint = "&" if urlsplit(to.authorization_endpoint).query else "?"
    return Started(f"{to.authorization_endpoint}{joint}{urlencode(asked)}", state, nonce, verifier)


def sign_in_end(query: Mapping[str, str], *, state: str, nonce: str, verifier: str) -> Claims:
    """Return who has signed in, from what the browser brought back; raises ``SignInRefused``."""
    if not state or not hmac.compare_digest(query.get("state", "").encode(), state.encode()):
        raise _refuse(_("不是从这里开始的登录"))
    to = provider()
    if (to.names_itself or "iss" in query) and query.get("iss") != to.issuer:
        raise _refuse(_("来自别的认证方"))
    if "error" in query:
        words = _("统一身份认证没有完成：您取消了，或没有通过。")
        raise SignInRefused(words, details={"error": query["error"][:100]})
    if not query.get("code"):
        raise _refuse(_("没有授权码"))
    token = _code_exchange(to, query["code"], verifier)
    return claims_verified(token, to, nonce)


def _code_exchange(to: Provider, code: str, verifier: str) -> str:
    """Give the code for the identity token, from server to server."""
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": return_address(),
        "code_verifier": verifier,
    }
    name, secret, headers = settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET, dict(FORM)
    if secret and "client_secret_basic" in to.token_methods:
        both = f"{quote(name, safe='')}:{quote(secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(both.encode()).decode()}"
    else:
        sent |= {"client_id": name, **({"client_secret": secret} if secret else {})}
    answer = outbound.request("POST", to.token_endpoint, headers=headers, body=urlencode(sent).encode())
    token = _json(answer).get("id_token")
    if not isinstance(token, str):
        raise _refuse(_("没有身份令牌"))
    return token


def claims_verified(token: str, to: Provider, nonce: str) -> Claims:
    """Return what an identity token says once all of it is proven; raises ``SignInRefused``."""
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise _refuse(_("签名方式不安全"))
        said: dict[str, Any] = jwt.decode(
            token,
            _key(to, str(header.get("kid", ""))),
            algorithms=[header["alg"]],
            audience=settings.OIDC_CLIENT_ID,
            issuer=to.issuer,
            # Times are compared below: core.clock is the only source of time.
            options={
                "require": ["exp", "iat", "sub", "iss", "aud"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except jwt.PyJWTError as error:
        raise _refuse(type(error).__name__) from error
    _said_checked(said, nonce)
    username = said.get(settings.OIDC_CLAIM)
    return Claims(to.issuer, said["sub"], username if isinstance(username, str) else "", _methods(said))


def _key(to: Provider, kid: str) -> jwt.PyJWK:
    """Return the key that signed; keys change, so an unknown one is looked for anew, once."""
    for anew in (False, True):
        for row in _fetched(to.jwks_uri, anew=anew).get("keys", []):
            if row.get("kid", "") == kid and row.get("use", "sig") == "sig" and row.get("kty") != "oct":
                return jwt.PyJWK.from_dict(row)
    raise _refuse(_("不认识签名的密钥"))


def _said_checked(said: Mapping[str, Any], nonce: str) -> None:
    now = clock.now()
    if not hmac.compare_digest(str(said.get("nonce", "")).encode(), nonce.encode()):
        raise _refuse(_("不是这一次登录的"))
    if now >= _instant(said["exp"]) + LEEWAY:
        raise _refuse(_("已经过期"))
    if now < _instant(said["iat"]) - LEEWAY:
        raise _refuse(_("签发时间在将来，请核对服务器时间"))
    several = isinstance(said["aud"], list) and len(said["aud"]) > 1
    if (several or "azp" in said) and said.get("azp") != settings.OIDC_CLIENT_ID:
        raise _refuse(_("不是给本系统的"))
    if not isinstance(said["sub"], str) or not 0 < len(said["sub"]) <= 255:
        raise _refuse(_("没有标识"))


def _instant(seconds: Any) -> datetime:
    try:
        return datetime.fromtimestamp(float(seconds), UTC)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise _refuse(_("时间不对")) from error


def _methods(said: Mapping[str, Any]) -> frozenset[str]:
    amr = said.get("amr")
    methods = [str(one) for one in amr] if isinstance(amr, list) else []
    return frozenset([*methods, str(said["acr"])] if "acr" in said else methods)


def sign_out_address() -> str:
    """Return where the provider ends its own session, or nothing where it offers none."""
    to = provider()
    if not to.end_session_endpoint:
        return ""
    back = f"{settings.BASE_URL.rstrip('/')}/desk/sign-in/"
    asked = urlencode({"client_id": settings.OIDC_CLIENT_ID, "post_logout_redirect_uri": back})
    return f"{to.end_session_endpoint}?{asked}"
