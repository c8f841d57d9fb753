"""The script of secret ballots in Chromium under the policy of the pages, against libsodium in Python."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from nacl.public import PrivateKey, SealedBox
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = pytest.mark.journey
BUILT = Path(settings.PACKAGE) / "foundation/ui/static/build/secret.js"
OPENING = BUILT.with_name("opening.html")
LENGTH = 64
QUESTIONS = [
    {"key": "1", "text": "选举委员", "choices": ["a", "b", "c"], "most": 2, "labels": {"a": "甲", "b": "乙"}}
]
HOLDERS = [
    {"seat": 1, "side": "居委会", "name": "赵敏", "hash": ""},
    {"seat": 2, "side": "监督委员会", "name": "秦明", "hash": ""},
    {"seat": 3, "side": "街道", "name": "郑刚", "hash": ""},
]
VOTE = """<div data-secret="vote" data-url="/seal" data-length="64" data-key="{key}">
<div data-sheet><fieldset data-question="1" data-most="2"><p data-fault hidden></p>
<label><input type="checkbox" value="a">甲</label><label><input type="checkbox" value="b">乙</label>
<label><input type="checkbox" value="c">丙</label>
<label><input type="checkbox" value="">弃权</label></fieldset>
<p data-said hidden></p><button type="button" data-cast>投票</button></div>
<div data-receipt tabindex="-1" hidden><p data-replaced>改</p><div data-code></div></div></div>"""
CEREMONY = """<div data-secret="ceremony" data-number="26001" data-ballot="b" data-title="换届">
<p data-said hidden></p><div data-begin><button type="button" data-make>生成密钥</button></div>
<div data-seat></div>
<div data-finish hidden><h2 tabindex="-1">登记</h2><p data-fingerprint></p><form data-register>
<input type="hidden" name="public_key"><input type="hidden" name="share_1">
<input type="hidden" name="share_2">
<input type="hidden" name="share_3"></form></div></div>"""
COUNT = """<div data-secret="count" data-url="/sealed" data-key="{key}" data-digest="{digest}"
data-ballot="b" data-number="26001" data-title="换届"><p data-said hidden></p>
<div data-offline hidden><button type="button" data-keep>保存密票</button></div>
<input type="file" data-opened><button type="button" data-bring>放入结果</button>
<button type="button" data-fetch>取回</button><p data-taken hidden></p><div data-shares hidden>
<div data-share><input type="file"><textarea></textarea></div>
<div data-share><input type="file"><textarea></textarea></div>
<button type="button" data-open>开票</button></div><div data-result hidden><h2 tabindex="-1">结果</h2>
<div data-tables></div><p data-unopened hidden></p><form data-return><input type="hidden" name="result">
<input type="hidden" name="seats"></form></div></div>"""
Open = Callable[..., Page]


def policy() -> str:
    """Return the policy that every page of Linli carries."""
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    return "; ".join(f"{name} {' '.join(map(str, values))}" for name, values in directives.items())


@pytest.fixture
def show(chromium: Browser) -> Any:
    """Return ``show(body, answers, **json)``: a page with the script, its complaints checked at the end."""
    context = chromium.new_context(base_url="http://linli.test", accept_downloads=True)
    complaints: list[str] = []

    def open_page(body: str, answers: dict[str, Callable[[Any], Any]] | None = None, **data: Any) -> Page:
        page = context.new_page()
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        blocks = "".join(
            f'<script type="application/json" id="secret-{name}">{json.dumps(value)}</script>'
            for name, value in data.items()
        )
        html = f'<html lang="zh"><body>{body}{blocks}<script src="/secret.js" defer></script></body></html>'

        def answer(route: Route) -> None:
            path = route.request.url.removeprefix("http://linli.test")
            if path == "/":
                headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy()}
                route.fulfill(body=html, headers=headers)
            elif path == "/secret.js":
                route.fulfill(path=BUILT, content_type="text/javascript")
            elif answers and path in answers:
                route.fulfill(json=answers[path](route.request.post_data_json))
            else:
                route.fulfill(status=404)

        page.route("**/*", answer)
        page.goto("/")
        return page

    yield open_page
    context.close()
    # A refusal is told on the page; that the browser notes it is no complaint.
    assert not [line for line in complaints if not line.startswith("Failed to load resource")], complaints


def padded(marks: Any, length: int = LENGTH) -> bytes:
    text = json.dumps(marks, separators=(",", ":")).encode() + b"\x80"
    return text + bytes(length - len(text))


def receipt(sealed: bytes) -> str:
    return hashlib.sha256(sealed).hexdigest()


def digest(sealed: list[bytes]) -> str:
    return hashlib.sha256("\n".join(sorted(map(receipt, sealed))).encode()).hexdigest()


def handed(sealed: list[bytes], said: str | None = None) -> dict[str, Any]:
    texts = [base64.b64encode(one).decode() for one in sorted(sealed, key=receipt)]
    groups = [{"key": "", "label": "全部", "sealed": texts}]
    return {"groups": groups, "digest": said or digest(sealed)}


def ceremony(page: Page, folder: Path) -> tuple[str, list[str], list[dict[str, Any]]]:
    """Go through the ceremony; return the public key, the hashes, and the three files."""
    page.get_by_role("button", name="生成密钥").click()
    files = []
    for seat in (1, 2, 3):
        expect(page.locator("h2").first).to_contain_text(f"{seat}/3")
        with page.expect_download() as started:
            page.get_by_role("button", name="下载份额文件").click()
        path = folder / f"share-{seat}.json"
        started.value.save_as(path)
        files.append(json.loads(path.read_text()))
        page.locator("input[type=file]").set_input_files(path)
        page.get_by_role("button", name="核对并交给下一位").click()
    expect(page.get_by_role("heading", name="登记")).to_be_visible()
    values = page.evaluate("Object.fromEntries(new FormData(document.querySelector('form')))")
    return values["public_key"], [values[f"share_{seat}"] for seat in (1, 2, 3)], files


def test_what_the_browser_seals_libsodium_opens(show: Open) -> None:
    secret = PrivateKey.generate()
    sent: list[bytes] = []

    def take(body: Any) -> Any:
        assert set(body) == {"sealed"}
        sent.append(base64.b64decode(body["sealed"]))
        return {"is_replaced": False}

    page = show(VOTE.format(key=bytes(secret.public_key).hex()), {"/seal": take})
    page.get_by_role("button", name="投票").click()
    expect(page.locator("[data-fault]")).to_contain_text("请选择")
    for choice in ("甲", "乙", "丙"):
        page.get_by_label(choice).check()
    page.get_by_role("button", name="投票").click()
    expect(page.locator("[data-fault]")).to_contain_text("最多选 2 个")
    assert sent == []
    page.get_by_label("丙").uncheck()
    page.get_by_role("button", name="投票").click()
    expect(page.locator("[data-receipt]")).to_be_visible()
    assert SealedBox(secret).decrypt(sent[0]) == padded([["a", "b"]])
    assert page.locator("[data-receipt-code]").get_attribute("data-receipt-code") == receipt(sent[0])
    assert page.locator("input:checked").count() == 0


def test_abstaining_excludes_choosing_and_is_as_long(show: Open) -> None:
    secret = PrivateKey.generate()
    sent: list[bytes] = []
    answers = {"/seal": lambda body: sent.append(base64.b64decode(body["sealed"])) or {"is_replaced": True}}
    page = show(VOTE.format(key=bytes(secret.public_key).hex()), answers)
    page.get_by_label("甲").check()
    page.get_by_label("弃权").check()
    expect(page.get_by_label("甲")).not_to_be_checked()
    page.get_by_role("button", name="投票").click()
    expect(page.locator("[data-replaced]")).to_be_visible()
    assert SealedBox(secret).decrypt(sent[0]) == padded([[]])
    assert len(sent[0]) == LENGTH + 48


def test_three_shares_of_which_any_two_open_what_libsodium_sealed(show: Open, tmp_path: Path) -> None:
    key, hashes, files = ceremony(show(CEREMONY, holders=HOLDERS), tmp_path)
    assert len({file["code"] for file in files}) == len(set(hashes)) == 3
    box = SealedBox(PrivateKey.generate().public_key.__class__(bytes.fromhex(key)))
    sealed = [box.encrypt(padded([marks])) for marks in (["a"], ["a", "b"], ["b", "a"], [], ["a"])]
    holders = [{**row, "hash": value} for row, value in zip(HOLDERS, hashes, strict=True)]
    for pair in ((0, 1), (0, 2), (2, 1)):
        page = opened(show, key, sealed, holders, [files[place]["code"] for place in pair])
        counted = json.loads(page.locator("[name=result]").input_value())
        assert counted == [
            {
                "key": "",
                "ballots": 5,
                "questions": [{'["a"]': 2, '["a","b"]': 2, "[]": 1}],
                "unopened": [],
            }
        ]
        assert json.loads(page.locator("[name=seats]").input_value()) == sorted(place + 1 for place in pair)
        assert [field.input_value() for field in page.locator("textarea").all()] == ["", ""]


def opened(
    show: Open, key: str, sealed: list[bytes], holders: list[Any], codes: list[str], given: Any = None
) -> Page:
    """Open a count, take the sealed ballots and put two shares in."""
    body = COUNT.format(key=key, digest=digest(sealed))
    page = show(body, {"/sealed": lambda _: given or handed(sealed)}, holders=holders, questions=QUESTIONS)
    page.get_by_role("button", name="取回").click()
    expect(page.locator("[data-taken]")).to_contain_text(f"已取回 {len(sealed)} 张")
    for place, code in enumerate(codes):
        page.locator("textarea").nth(place).fill(code)
    page.get_by_role("button", name="开票").click()
    return page


def test_it_is_opened_from_a_stick_without_a_network(show: Open, chromium: Browser, tmp_path: Path) -> None:
    key, hashes, files = ceremony(show(CEREMONY, holders=HOLDERS), tmp_path)
    holders = [{**row, "hash": value} for row, value in zip(HOLDERS, hashes, strict=True)]
    box = SealedBox(PrivateKey.generate().public_key.__class__(bytes.fromhex(key)))
    sealed = [box.encrypt(padded([marks])) for marks in (["a"], ["a", "b"], [])]
    body = COUNT.format(key=key, digest=digest(sealed))
    online = show(body, {"/sealed": lambda _: handed(sealed)}, holders=holders, questions=QUESTIONS)
    expect(online.get_by_role("button", name="保存密票")).to_be_hidden()
    online.get_by_role("button", name="取回").click()
    stick = saved(online, "保存密票", tmp_path / "sealed.json")
    result = opened_offline(chromium, tmp_path, stick, [file["code"] for file in files[1:]])
    assert json.loads(result.read_text()) == {
        "format": "linli-opened/1",
        "ballot": "b",
        "digest": digest(sealed),
        "seats": [2, 3],
        "result": [
            {"key": "", "ballots": 3, "questions": [{'["a"]': 1, '["a","b"]': 1, "[]": 1}], "unopened": []}
        ],
    }
    online.locator("[data-opened]").set_input_files(result)
    online.get_by_role("button", name="放入结果").click()
    expect(online.get_by_role("heading", name="结果")).to_be_visible()
    assert json.loads(online.locator("[name=result]").input_value())[0]["ballots"] == 3
    assert json.loads(online.locator("[name=seats]").input_value()) == [2, 3]
    other = json.loads(result.read_text()) | {"ballot": "another"}
    result.write_text(json.dumps(other))
    again = show(body, {}, holders=holders, questions=QUESTIONS)
    again.locator("[data-opened]").set_input_files(result)
    again.get_by_role("button", name="放入结果").click()
    expect(again.locator("[data-said]")).to_contain_text("不是这次投票的开票结果")
    expect(again.locator("[data-result]")).to_be_hidden()


def saved(page: Page, name: str, path: Path) -> Path:
    """Press what saves a file and return where it was put."""
    with page.expect_download() as started:
        page.get_by_role("button", name=name).click()
    started.value.save_as(path)
    return path


def opened_offline(chromium: Browser, folder: Path, stick: Path, codes: list[str]) -> Path:
    """Open the one file from disk in a browser that has no network, put two shares in, save the result."""
    context = chromium.new_context(offline=True, accept_downloads=True)
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(OPENING.as_uri())
    page.get_by_role("button", name="放入并核对").click()
    expect(page.locator("[data-said]")).to_contain_text("请先选择文件")
    page.locator("[data-sealed]").set_input_files(stick)
    page.get_by_role("button", name="放入并核对").click()
    expect(page.locator("[data-title]")).to_contain_text("换届（26001）")
    page.get_by_role("button", name="开票", exact=True).click()
    expect(page.locator("[data-said]")).to_contain_text("第 1 份：请选择份额文件")
    for place, code in enumerate(codes):
        page.locator("textarea").nth(place).fill(code)
    page.get_by_role("button", name="开票", exact=True).click()
    expect(page.get_by_role("heading", name="三、结果")).to_be_visible()
    expect(page.locator("[data-tables]")).to_contain_text("甲2")
    path = saved(page, "保存结果文件", folder / "opened.json")
    context.close()
    assert [url for url in asked if not url.startswith(("file:", "blob:"))] == []
    assert complaints == []
    return path


def test_a_stick_that_was_changed_is_noticed_without_a_network(chromium: Browser, tmp_path: Path) -> None:
    secret = PrivateKey.generate()
    box = SealedBox(secret.public_key)
    sealed = [box.encrypt(padded([["a"]])), box.encrypt(padded([["b"]]))]
    said = {
        "format": "linli-sealed/1",
        "ballot": "b",
        "number": "26001",
        "title": "换届",
        "key": bytes(secret.public_key).hex(),
        "digest": digest(sealed),
        "holders": HOLDERS,
        "asked": QUESTIONS,
        "groups": handed(sealed[:1])["groups"],
    }
    page = chromium.new_context(offline=True).new_page()
    page.goto(OPENING.as_uri())
    for content, words in ((json.dumps(said), "有密文被改动过"), ("你好", "不是取回的密票文件")):
        path = tmp_path / "sealed.json"
        path.write_text(content)
        page.locator("[data-sealed]").set_input_files(path)
        page.get_by_role("button", name="放入并核对").click()
        expect(page.locator("[data-said]")).to_contain_text(words)
        expect(page.locator("[data-shares]")).to_be_hidden()
    page.context.close()


def test_the_file_allows_its_own_script_only() -> None:
    text = OPENING.read_text(encoding="utf-8")
    script = text.rpartition("<script>")[2].partition("</script>")[0]
    allowed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; script-src 'sha256-{allowed}'" in text
    assert BUILT.read_text(encoding="utf-8").strip().replace("</script", "<\\/script") == script
    assert "src=" not in text.partition("<script>")[0]


def test_a_missing_a_wrong_and_a_doubled_share_are_told_apart(show: Open, tmp_path: Path) -> None:
    key, hashes, files = ceremony(show(CEREMONY, holders=HOLDERS), tmp_path)
    holders = [{**row, "hash": value} for row, value in zip(HOLDERS, hashes, strict=True)]
    _, _, others = ceremony(show(CEREMONY, holders=HOLDERS), tmp_path)
    code = files[0]["code"]
    misread = ("0" if code[0] != "0" else "1") + code[1:]
    for second, words in (
        ("", "第 2 份：请选择份额文件"),
        (others[1]["code"], "不属于这次投票"),
        (code, "两份是同一个人的份额"),
        (misread, "代码有错漏"),
        ("你好", "代码有错漏"),
    ):
        page = opened(show, key, [], holders, [code, second])
        expect(page.locator("[data-said]")).to_contain_text(words)
        expect(page.locator("[data-result]")).to_be_hidden()
    false = [holders[0], {**holders[1], "hash": hashlib.sha256(b"").hexdigest()}, holders[2]]
    page = opened(show, key, [], false, [code, files[1]["code"]])
    expect(page.locator("[data-said]")).to_contain_text("不属于这次投票")


def test_shares_of_another_key_do_not_open(show: Open, tmp_path: Path) -> None:
    _, hashes, files = ceremony(show(CEREMONY, holders=HOLDERS), tmp_path)
    holders = [{**row, "hash": value} for row, value in zip(HOLDERS, hashes, strict=True)]
    other = bytes(PrivateKey.generate().public_key).hex()
    page = opened(show, other, [], holders, [files[0]["code"], files[1]["code"]])
    expect(page.locator("[data-said]")).to_contain_text("合不成这次投票的密钥")


def test_a_changed_ciphertext_is_noticed_before_anything_is_opened(show: Open) -> None:
    secret = PrivateKey.generate()
    box = SealedBox(secret.public_key)
    sealed = [box.encrypt(padded([["a"]])), box.encrypt(padded([["b"]]))]
    changed = [sealed[0], sealed[1][:-1] + bytes([sealed[1][-1] ^ 1])]
    key, right = bytes(secret.public_key).hex(), digest(sealed)
    for given in (handed(changed), handed(changed, right), handed(sealed[:1], right)):
        body = COUNT.format(key=key, digest=right)
        page = show(body, {"/sealed": lambda _, said=given: said}, holders=HOLDERS, questions=QUESTIONS)
        page.get_by_role("button", name="取回").click()
        expect(page.locator("[data-said]")).to_contain_text("有密文被改动过")
        expect(page.locator("[data-shares]")).to_be_hidden()


def test_what_is_no_ballot_counts_as_invalid_and_says_nothing_of_its_own(show: Open, tmp_path: Path) -> None:
    key, hashes, files = ceremony(show(CEREMONY, holders=HOLDERS), tmp_path)
    holders = [{**row, "hash": value} for row, value in zip(HOLDERS, hashes, strict=True)]
    box = SealedBox(PrivateKey.generate().public_key.__class__(bytes.fromhex(key)))
    changed = box.encrypt(padded([["a"]]))
    broken = [
        changed[:-1] + bytes([changed[-1] ^ 1]),  # changed on the way
        SealedBox(PrivateKey.generate().public_key).encrypt(padded([["a"]])),  # to another key
        bytes(10),
        bytes(LENGTH + 48),  # a passing key of nothing
        box.encrypt(bytes(LENGTH)),  # without an end
        box.encrypt(b"\xff\x80" + bytes(LENGTH - 2)),
        box.encrypt(padded({"my": "name"})),
        box.encrypt(padded([["a"], ["b"]])),
        box.encrypt(padded([["a"]])[:-1] + b"x"),
    ]
    marked = [box.encrypt(padded([marks])) for marks in (["王"], ["a", "a"], ["a", "b", "c"], "a", [["a"]])]
    good = [box.encrypt(padded([["c"]]))]
    page = opened(show, key, [*broken, *marked, *good], holders, [file["code"] for file in files[:2]])
    counted = json.loads(page.locator("[name=result]").input_value())[0]
    assert counted["questions"] == [{'["c"]': 1, "null": len(broken) + len(marked)}]
    assert counted["unopened"] == sorted(map(receipt, broken))
    expect(page.locator("[data-unopened]")).to_contain_text(f"有 {len(broken)} 张解不开")
    assert "王" not in page.content()


def test_a_ballot_waits_for_the_line_and_a_refusal_is_said(show: Open) -> None:
    page = show(VOTE.format(key=bytes(PrivateKey.generate().public_key).hex()))
    answers = [
        {"status": 503, "headers": {"Retry-After": "1"}, "body": "{}"},
        {"status": 410, "json": {"message": "投票已经截止。", "hint": "结果公布后可以查看。"}},
    ]
    page.route("**/seal", lambda route: route.fulfill(**answers.pop(0)))
    page.get_by_label("甲").check()
    page.get_by_role("button", name="投票").click()
    expect(page.locator("[data-said]")).to_contain_text("正在排队")
    expect(page.locator("[data-said]")).to_contain_text("投票已经截止。结果公布后可以查看。")
    expect(page.get_by_label("甲")).to_be_checked()
