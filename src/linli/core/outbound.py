"""The one way to other hosts: what the operator listed, over checked addresses, within limits.

``LINLI_OUTBOUND`` lists where Linli may call, separated by commas:

- ``sms.example.cn``: that host by https on port 443; ``sms.example.cn:8443``: on that port;
- ``http://10.1.2.3:8080``: that host and port without TLS;
- ``10.1.0.0/16``: addresses of the own network to which the listed hosts may lead. An address that is
  listed as a host needs no such line.

A name is resolved once, every address of it is checked, and the connection goes to a checked address,
so that a name which changes its mind in between leads nowhere. No redirects, no proxies, no compressed
answers. Certificates are checked against the machine's own store (or ``SSL_CERT_FILE``).
"""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException

from django.conf import settings
from django.utils.translation import gettext as _
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.util import SKIP_HEADER, Url, parse_url

from linli.core.words import gettext_lazy

from .errors import Refusal

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
PORTS = {"http": 80, "https": 443}
REDIRECTS = frozenset({301, 302, 303, 307, 308})
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Served inside one cloud only, although it looks public.
METADATA = frozenset({ipaddress.ip_address("168.63.129.16")})
MOST_ADDRESSES = 4
CHUNK = 65_536
# What frames the request is ours to say.
OWN_HEADERS = frozenset({"host", "content-length", "transfer-encoding", "accept-encoding", "connection"})


class OutboundRefused(Refusal):
    """Linli will not call there; ``hint`` says what an operator would have to list."""

    code = "outbound.refused"
    status = 409
    message = gettext_lazy("这个地址不在允许外联的名单里。")
    hint = gettext_lazy("请由运维人员核对后写入 LINLI_OUTBOUND，再试一次。")


class OutboundFailed(Refusal):
    """The other side did not answer as it should; trying again later may help."""

    code = "outbound.failed"
    status = 502
    message = gettext_lazy("对方系统没有正常应答。")
    hint = gettext_lazy("请稍后再试；多次失败请联系运维人员检查网络。")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said: status, headers by lower-case name, the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_ok(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class _Target:
    scheme: str
    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class _Listed:
    places: frozenset[tuple[str, str, int]]
    networks: tuple[Network, ...]


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeout: float = 10.0,
    most_bytes: int = 1_000_000,
) -> Answer:
    """Call a listed host and return its answer, whatever its status (a redirect is a failure).

    ``timeout`` is in seconds and covers everything from the name's resolution to the last byte;
    ``most_bytes`` limits the answer's body. Raises ``OutboundRefused`` before anything is sent, and
    ``OutboundFailed``.
    """
    ends = time.monotonic() + timeout
    if method not in METHODS:
        raise OutboundRefused(_("不支持的请求方法。"))
    target, addresses = _checked(url, ends)
    with _connected(target, addresses, ends) as connection:
        return _exchange(connection, method, target, {**(headers or {})}, body, most_bytes)


def check(url: str, *, timeout: float = 5.0) -> str:
    """Return the host of an address that ``request`` would call (``https://host:443``).

    Raises what ``request`` would raise before sending: it is not listed, leads inside, is not found.
    """
    return _shown(_checked(url, time.monotonic() + timeout)[0])


def _checked(url: str, ends: float) -> tuple[_Target, list[Address]]:
    target, listed = _target(url), _listed(settings.OUTBOUND)
    if (target.scheme, target.host, target.port) not in listed.places:
        raise OutboundRefused(_("%(host)s 不在允许外联的名单里。") % {"host": _shown(target)})
    addresses = _resolve(target, ends)
    for address in addresses:
        if not _may_reach(address, target.host, listed.networks):
            raise OutboundRefused(_("%(host)s 指向内部地址，没有发出请求。") % {"host": _shown(target)})
    return target, addresses


def listed_faults(entries: Iterable[str]) -> list[str]:
    """Name the entries of an allow-list that cannot be read, for ``linli doctor``."""
    return [entry for entry in entries if _network(entry) is None and _place(entry) is None]


def _listed(entries: Iterable[str]) -> _Listed:
    wanted = [entry.strip() for entry in entries if entry.strip()]
    networks = tuple(network for network in map(_network, wanted) if network)
    places = (_place(entry) for entry in wanted if _network(entry) is None)
    return _Listed(frozenset(place for place in places if place), networks)


def _network(entry: str) -> Network | None:
    try:
        return ipaddress.ip_network(entry) if "/" in entry and "://" not in entry else None
    except ValueError:
        return None


def _place(entry: str) -> tuple[str, str, int] | None:
    try:
        target = _target(entry if "://" in entry else f"https://{entry}")
    except OutboundRefused:
        return None
    return (target.scheme, target.host, target.port) if target.path == "/" else None


def _target(url: str) -> _Target:
    """Read an address by the same parser that the connection uses; whatever is odd is refused."""
    try:
        parsed: Url = parse_url(url)
    except LocationParseError as error:
        raise OutboundRefused(_("网址写得不对。")) from error
    host = (parsed.host or "").strip("[]").rstrip(".").lower()
    is_plain = url.isascii() and url.isprintable() and "\\" not in url and " " not in url
    if not (is_plain and host and parsed.scheme in PORTS and parsed.auth is None) or "%" in host:
        raise OutboundRefused(_("网址写得不对：只能是 http 或 https，不能带用户名、空格或中文。"))
    return _Target(parsed.scheme, host, parsed.port or PORTS[parsed.scheme], parsed.request_uri or "/")


def _shown(target: _Target) -> str:
    """The host for messages: never the path, which may hold a secret."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    return f"{target.scheme}://{host}:{target.port}"


def _resolve(target: _Target, ends: float) -> list[Address]:
    """Ask for the host's addresses once, not longer than the deadline (the resolver has none)."""
    found: list[Address] = []

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(dict.fromkeys(_address(str(row[4][0])) for row in rows))

    asking = threading.Thread(target=ask, daemon=True, name="outbound-resolve")
    asking.start()
    asking.join(max(0.0, ends - time.monotonic()))
    if asking.is_alive() or not found:
        raise OutboundFailed(_("找不到 %(host)s 的网络地址。") % {"host": _shown(target)})
    return found


def _address(text: str) -> Address:
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _inner(address: Address) -> Iterator[Address]:
    """The address, and the IPv4 address that an IPv6 one may lead to."""
    yield address
    if isinstance(address, ipaddress.IPv6Address):
        inner = [address.sixtofour, *(address.teredo or ())]
        if address in NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        yield from (one for one in inner if one is not None)


def _may_reach(address: Address, host: str, networks: Iterable[Network]) -> bool:
    if str(address) == host or any(address in network for network in networks):
        return True
    return all(one.is_global and not one.is_multicast and one not in METADATA for one in _inner(address))


@contextmanager
def _connected(target: _Target, addresses: list[Address], ends: float) -> Iterator[HTTPConnection]:
    """Connect to the first address that answers, and cut the line when the time is over.

    A timeout on the socket would begin anew with every byte; the timer does not.
    """
    line, is_late = _first_that_answers(target, addresses, ends), threading.Event()

    def cut() -> None:
        is_late.set()
        with suppress(OSError):  # it is closed already
            socket.socket.shutdown(line, socket.SHUT_RDWR)

    connection = HTTPConnection(target.host, target.port, timeout=_left(ends))
    connection.sock = line
    timer = threading.Timer(_left(ends), cut)
    timer.daemon = True
    timer.start()
    try:
        yield connection
        if is_late.is_set():  # a line that was cut among the headers looks like their end
            raise TimeoutError
    except (HTTPError, HTTPException, OSError) as error:
        raise OutboundFailed(_failure(target, error, is_late.is_set())) from error
    finally:
        timer.cancel()
        connection.close()


def _left(ends: float) -> float:
    return max(0.001, ends - time.monotonic())


def _failure(target: _Target, error: Exception, is_late: bool) -> str:
    if is_late or isinstance(error, TimeoutError):
        return _("%(host)s 没有在规定时间内答复。") % {"host": _shown(target)}
    if isinstance(error, ssl.SSLError):
        return _("%(host)s 的安全连接建不起来，没有发出请求。") % {"host": _shown(target)}
    return _("与 %(host)s 的连接中断（%(kind)s）。") % {"host": _shown(target), "kind": type(error).__name__}


def _first_that_answers(target: _Target, addresses: list[Address], ends: float) -> socket.socket:
    failure: Exception = TimeoutError()
    for address in addresses[:MOST_ADDRESSES]:
        if time.monotonic() >= ends:
            break
        try:
            return _line(target, address, ends)
        except OSError as error:
            failure = error
    raise OutboundFailed(_failure(target, failure, is_late=time.monotonic() >= ends)) from failure


def _line(target: _Target, address: Address, ends: float) -> socket.socket:
    """Open a line to one address; with TLS the certificate must be the host's."""
    line = socket.create_connection((str(address), target.port), timeout=_left(ends))
    if target.scheme == "http":
        return line
    try:
        line.settimeout(_left(ends))
        return ssl.create_default_context().wrap_socket(line, server_hostname=target.host)
    except BaseException:
        line.close()
        raise


def _exchange(
    connection: HTTPConnection,
    method: str,
    target: _Target,
    headers: dict[str, str],
    body: bytes | None,
    most_bytes: int,
) -> Answer:
    host = f"[{target.host}]" if ":" in target.host else target.host
    port = "" if target.port == PORTS[target.scheme] else f":{target.port}"
    given = {name: value for name, value in headers.items() if name.lower() not in OWN_HEADERS}
    sent = {"User-Agent": "Linli", **given, "Host": f"{host}{port}", "Accept-Encoding": SKIP_HEADER}
    try:
        connection.request(method, target.path, body=body, headers=sent, preload_content=False)
    except (ValueError, UnicodeError) as error:  # a line break in a header, a letter that is none
        raise OutboundRefused(_("请求头里有不允许的字符，没有发出请求。")) from error
    response = connection.getresponse()
    if response.status in REDIRECTS:
        raise OutboundFailed(_("%(host)s 要求转到别处，Linli 不跟随。") % {"host": _shown(target)})
    content = bytearray()
    while part := response.read1(CHUNK, decode_content=False):
        content += part
        if len(content) > most_bytes:
            raise OutboundFailed(_("%(host)s 的答复太长。") % {"host": _shown(target)})
    if content and response.headers.get("Content-Encoding", "identity") != "identity":
        raise OutboundFailed(_("%(host)s 的答复是压缩的，Linli 没有要求压缩。") % {"host": _shown(target)})
    return Answer(
        response.status, {name.lower(): value for name, value in response.headers.items()}, bytes(content)
    )
