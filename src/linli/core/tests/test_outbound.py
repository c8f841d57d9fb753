"""The way out, against real servers on loopback: what is refused, and that every limit holds."""

import datetime
import gzip
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from linli.core import outbound
from linli.core.outbound import Answer, OutboundFailed, OutboundRefused, listed_faults, request

Talk = Callable[[socket.socket, bytes], None]
LOOPBACK = "127.0.0.0/8"


class Server:
    """Answers each connection by one function; keeps what it heard."""

    def __init__(self, talk: Talk, context: ssl.SSLContext | None = None) -> None:
        self.talk, self.context, self.heard = talk, context, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(line,), daemon=True).start()

    def _one(self, line: socket.socket) -> None:
        try:
            if self.context:
                line = self.context.wrap_socket(line, server_side=True)
            with line:
                line.settimeout(5)
                heard = b""
                while b"\r\n\r\n" not in heard:
                    if not (part := line.recv(65536)):
                        return
                    heard += part
                head, _, rest = heard.partition(b"\r\n\r\n")
                length = next(
                    (
                        int(h.split(b":")[1])
                        for h in head.split(b"\r\n")
                        if h.lower().startswith(b"content-length")
                    ),
                    0,
                )
                while len(rest) < length:
                    rest += line.recv(65536)
                self.heard.append(head + b"\r\n\r\n" + rest)
                self.talk(line, rest)
        except OSError:
            return  # the caller hung up


def said(body: bytes = b"fine", status: str = "200 OK", *headers: str) -> Talk:
    def talk(line: socket.socket, _: bytes) -> None:
        head = "".join(f"{h}\r\n" for h in (*headers, f"Content-Length: {len(body)}"))
        line.sendall(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body)

    return talk


@contextmanager
def serving(talk: Talk, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(talk, context)
    try:
        yield server
    finally:
        server.listener.close()


@pytest.fixture
def call(settings: Any) -> Callable[..., Answer]:
    """Call a server of this test by its address, which is listed."""

    def inner(server: Server, method: str = "GET", path: str = "/", **kwargs: Any) -> Answer:
        place = f"http://127.0.0.1:{server.port}"
        settings.OUTBOUND = [place]
        return request(method, place + path, **kwargs)

    return inner


def test_an_answer_comes_back_whole(call: Callable[..., Answer]) -> None:
    with serving(said(b"\xe5\xa5\xbd", "201 Created", "X-Note: one")) as server:
        answer = call(server, "POST", "/a?b=c", headers={"Content-Type": "text/plain"}, body=b"words")
    assert (answer.status, answer.body.decode(), answer.headers["x-note"]) == (201, "好", "one")
    assert answer.is_ok
    assert server.heard[0].startswith(b"POST /a?b=c HTTP/1.1") and server.heard[0].endswith(b"words")
    assert b"\r\nHost: 127.0.0.1:%d\r\n" % server.port in server.heard[0]
    assert b"ccept-" + b"Encoding" not in server.heard[0]


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops"])
def test_a_refusal_of_the_other_side_is_an_answer(call: Callable[..., Answer], status: str) -> None:
    with serving(said(b"no", status)) as server:
        answer = call(server)
    assert not answer.is_ok and answer.body == b"no"


def test_the_callers_headers_do_not_frame_the_request(call: Callable[..., Answer]) -> None:
    with serving(said()) as server:
        call(server, "POST", headers={"Host": "other.example", "Content-Length": "0"}, body=b"abc")
    assert b"other.example" not in server.heard[0] and b"Content-Length: 3" in server.heard[0]


@pytest.mark.parametrize(
    "url",
    [
        "https://sms.example.cn/",
        "http://127.0.0.1:9/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://[::ffff:127.0.0.1]/",
        "ftp://listed.example.cn/",
        "file:///etc/passwd",
        "http://listed.example.cn/",
        "https://listed.example.cn:8443/",
        "https://listed.example.cn@evil.example/",
        "https://user:secret@listed.example.cn/",
        "https://listed.example.cn\\@evil.example/",
        "https://listed.example.cn.evil.example/",
        "https://listed.example.cn/ HTTP/1.1\r\nX: y",
        "https://小区.example/",
        "//listed.example.cn/",
        "",
    ],
)
def test_what_is_not_listed_is_refused_without_a_question(
    url: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTBOUND = ["listed.example.cn"]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("asked the resolver"))
    with pytest.raises(OutboundRefused):
        request("GET", url)


def test_an_unknown_method_is_refused(settings: Any) -> None:
    settings.OUTBOUND = ["http://127.0.0.1:9"]
    with pytest.raises(OutboundRefused):
        request("CONNECT", "http://127.0.0.1:9/")


def _resolves(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name lead to these addresses; returns the names that were asked for."""
    asked: list[str] = []
    ask = socket.getaddrinfo

    def answer(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        if host in addresses:  # an address is its own answer
            return ask(host, port, *args, **kwargs)
        asked.append(host)
        return [(0, 0, 0, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200"),
        *("0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "168.63.129.16", "198.18.0.1"),
        *("::1", "::", "fe80::1%eth0", "fd00:ec2::254", "ff02::1", "::ffff:10.0.0.1"),
        *("2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2001:db8::1"),
    ],
)
def test_a_listed_name_must_not_lead_inside(
    address: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTBOUND = ["listed.example.cn"]
    _resolves(monkeypatch, "1.1.1.1", address)
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("connected"))
    with pytest.raises(OutboundRefused, match="内部地址"):
        request("GET", "https://listed.example.cn/")


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "64:ff9b::101:101"])
def test_public_addresses_are_reached(address: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOUND = ["listed.example.cn"]
    _resolves(monkeypatch, address)
    went: list[Any] = []

    def refuse(where: Any, timeout: float) -> None:
        went.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(OutboundFailed):
        request("GET", "https://listed.example.cn/")
    assert went == [(str(ipaddress.ip_address(address)), 443)]


def test_the_name_is_asked_once_and_the_checked_address_is_called(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(said()) as server:
        settings.OUTBOUND = [f"http://gate.example.cn:{server.port}", LOOPBACK]
        asked = _resolves(monkeypatch, "127.0.0.1")
        request("GET", f"http://gate.example.cn:{server.port}/")
    assert asked == ["gate.example.cn"]
    assert b"Host: gate.example.cn:" in server.heard[0]


def test_the_next_address_is_tried_when_the_first_does_not_answer(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(said()) as server:
        settings.OUTBOUND = [f"http://gate.example.cn:{server.port}", LOOPBACK]
        _resolves(monkeypatch, "127.0.0.9", "127.0.0.1")
        assert request("GET", f"http://gate.example.cn:{server.port}/").is_ok


def test_a_name_that_nobody_knows_and_a_resolver_that_sleeps(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTBOUND = ["listed.example.cn"]

    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(OutboundFailed, match="找不到"):
        request("GET", "https://listed.example.cn/")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(3) or [])
    began = time.monotonic()
    with pytest.raises(OutboundFailed):
        request("GET", "https://listed.example.cn/", timeout=0.2)
    assert time.monotonic() - began < 1


def test_a_redirect_is_not_followed(call: Callable[..., Answer]) -> None:
    elsewhere = said(b"", "302 Found", "Location: http://127.0.0.1:1/")
    with serving(elsewhere) as server, pytest.raises(OutboundFailed, match="不跟随"):
        call(server)
    assert len(server.heard) == 1


def test_a_long_answer_is_cut_off(call: Callable[..., Answer]) -> None:
    with serving(said(b"x" * 5000)) as server:
        assert len(call(server, most_bytes=5000).body) == 5000
        with pytest.raises(OutboundFailed, match="太长"):
            call(server, most_bytes=4999)


def test_an_endless_answer_is_cut_off(call: Callable[..., Answer]) -> None:
    def talk(line: socket.socket, _: bytes) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            line.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")

    with serving(talk) as server, pytest.raises(OutboundFailed, match="太长"):
        call(server, most_bytes=100_000)


def _drips(*first: bytes) -> Talk:
    def talk(line: socket.socket, _: bytes) -> None:
        for part in first:
            line.sendall(part)
        while True:
            line.sendall(b"1")
            time.sleep(0.05)

    return talk


@pytest.mark.parametrize(
    "first",
    [(), (b"HTTP/1.1 200 OK\r\nX: ",), (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",)],
    ids=["status", "header", "body"],
)
def test_a_slow_drip_ends_at_the_deadline(call: Callable[..., Answer], first: tuple[bytes, ...]) -> None:
    began = time.monotonic()
    with serving(_drips(*first)) as server, pytest.raises(OutboundFailed, match="规定时间"):
        call(server, timeout=0.5)
    assert time.monotonic() - began < 1.5


def test_a_silent_server_ends_at_the_deadline(call: Callable[..., Answer]) -> None:
    began = time.monotonic()
    with serving(lambda *_: time.sleep(3)) as server, pytest.raises(OutboundFailed, match="规定时间"):
        call(server, timeout=0.3)
    assert time.monotonic() - began < 1


def test_half_an_answer_is_none(call: Callable[..., Answer]) -> None:
    def talk(line: socket.socket, _: bytes) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

    with serving(talk) as server, pytest.raises(OutboundFailed, match="中断"):
        call(server)


@pytest.mark.parametrize("noise", [b"hello\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x16\x03\x01"])
def test_something_that_is_not_http(call: Callable[..., Answer], noise: bytes) -> None:
    with serving(lambda line, _: line.sendall(noise)) as server, pytest.raises(OutboundFailed):
        call(server, timeout=2)


def test_a_compressed_answer_is_refused(call: Callable[..., Answer]) -> None:
    squeezed = said(gzip.compress(b"x" * 10**6), "200 OK", "Content-Encoding: gzip")
    with serving(squeezed) as server, pytest.raises(OutboundFailed, match="压缩"):
        call(server)


def test_a_header_cannot_carry_another(call: Callable[..., Answer]) -> None:
    with serving(said()) as server, pytest.raises(OutboundRefused, match="请求头"):
        call(server, headers={"X-Key": "a\r\nX-Other: b"})
    assert not server.heard


def test_messages_do_not_show_the_path(call: Callable[..., Answer]) -> None:
    with serving(said(b"", "302 Found")) as server, pytest.raises(OutboundFailed) as refused:
        call(server, path="/send?key=SECRET")
    assert "SECRET" not in str(refused.value) + str(refused.value.hint)


def _certificate(folder: Path, host: str) -> tuple[ssl.SSLContext, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    day = datetime.timedelta(days=1)
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - day)
        .not_valid_after(today + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "both.pem").write_bytes(secret + pem)
    (folder / "store.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context, folder / "store.pem"


@pytest.mark.parametrize(
    ("certified", "is_trusted", "is_answered"),
    [
        ("gate.example.cn", True, True),
        ("gate.example.cn", False, False),
        ("other.example.cn", True, False),
    ],
)
def test_the_certificate_must_be_the_hosts(
    certified: str,
    is_trusted: bool,
    is_answered: bool,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    context, store = _certificate(tmp_path, certified)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(store))
    with serving(said(), context) as server:
        url = f"https://gate.example.cn:{server.port}/"
        settings.OUTBOUND = [f"gate.example.cn:{server.port}", LOOPBACK]
        _resolves(monkeypatch, "127.0.0.1")
        if is_answered:
            assert request("GET", url).body == b"fine"
        else:
            with pytest.raises(OutboundFailed, match="安全连接"):
                request("GET", url)
            assert not server.heard


def test_a_handshake_that_never_ends_is_cut_off(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    settings.OUTBOUND = [f"127.0.0.1:{port}"]
    began = time.monotonic()
    with listener, pytest.raises(OutboundFailed, match="规定时间"):
        request("GET", f"https://127.0.0.1:{port}/", timeout=0.4)
    assert time.monotonic() - began < 1.5


def test_the_list_says_which_lines_cannot_be_read() -> None:
    good = [
        "sms.example.cn",
        "sms.example.cn:8443",
        "http://10.1.2.3:8080",
        "10.0.0.0/8",
        "[::1]:8443",
        "fd00::/8",
    ]
    bad = [
        "https://a.example/path",
        "10.0.0.1/8",
        "ftp://a.example",
        "a b",
        "",
        "user@a.example",
        "a.example:x",
    ]
    assert listed_faults(good) == []
    assert listed_faults([*good, *bad]) == bad


def test_nothing_is_listed_at_first() -> None:
    with pytest.raises(OutboundRefused):
        request("GET", "https://example.cn/")
    assert outbound.OutboundRefused.status == 409
