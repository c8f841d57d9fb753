// The trustees' ceremony: the key is made and split on this machine; each trustee takes a share; the server is told
// the public key and what each share hashes to. Nothing is kept: leaving the page before the end loses everything.
import { say } from "../words";
import { codeOf, FORMAT, type ShareFile } from "./codes";
import { button, download, element, json, part, shareHash, shareOf, tell, type Holder } from "./page";
import { hex, keyMake, type Bytes, type Made } from "./sealing";

class Ceremony {
  private made: Made | null = null;
  private seat = 0;

  constructor(private readonly root: HTMLElement, private readonly holders: Holder[]) {
    const press = part<HTMLButtonElement>(root, "make");
    press.addEventListener("click", () => void this.make(press));
    window.addEventListener("beforeunload", (event) => {
      if (this.made) event.preventDefault();
    });
  }

  private async make(press: HTMLButtonElement): Promise<void> {
    press.disabled = true;
    try {
      this.made = await keyMake();
    } catch {
      press.disabled = false;
      tell(part(this.root, "said"), say("这台设备没能生成密钥，请换一个浏览器。", "This device could not make a key; use another browser."), "error");
      return;
    }
    part(this.root, "begin").hidden = true;
    this.next();
  }

  private next(): void {
    const shares = this.made?.shares ?? [];
    const place = part(this.root, "seat");
    if (this.seat === shares.length) {
      place.replaceChildren();
      this.ready();
      return;
    }
    place.replaceChildren(this.panel(this.holders[this.seat]!, shares[this.seat]!));
    place.querySelector<HTMLElement>("h2")?.focus();
  }

  private panel(holder: Holder, share: Bytes): HTMLElement {
    const code = codeOf(share);
    const panel = element("section", "", "stack share-sheet");
    const title = element("h2", `${this.seat + 1}/${this.holders.length} ${holder.side} · ${holder.name}`);
    title.tabIndex = -1;
    const about = element("p", `${this.root.dataset.number ?? ""} ${this.root.dataset.title ?? ""}`, "muted");
    const shown = element("p", code, "number strong share-code");
    shown.dataset.shareCode = "";
    const tools = element("div", "", "cluster screen-only");
    const ready = element("div", "", "stack screen-only");
    ready.hidden = true;
    const kept = (): void => void (ready.hidden = false);
    tools.append(
      button(say("下载份额文件", "Download the share"), () => (this.download(holder, code), kept()), "btn-primary"),
      button(say("打印这一页", "Print this page"), () => (window.print(), kept())),
    );
    ready.append(...this.proof(holder));
    const alone = element("p", say("请其他人回避。由本人下载到自己的U盘或打印，收好后再核对一遍。", "Others look away. Take the file on your own stick or print it, then prove below that it can be read."), "screen-only");
    panel.append(title, about, alone, shown, this.keeping(), tools, ready);
    return panel;
  }

  /** What the sheet of paper says to whoever keeps it. */
  private keeping(): HTMLElement {
    const list = element("ul", "", "paper-only");
    list.append(
      element("li", say("这是选举密钥的一份，三份里任意两份合起来才能开票。", "This is one share of the election's key; any two of three open the votes.")),
      element("li", say("请装入信封封好，由本人保管；不拍照、不复印、不发给任何人。", "Seal it in an envelope and keep it yourself; no photograph, no copy, send it to nobody.")),
      element("li", say("投票截止后带到开票现场，照着上面的代码输入。", "Bring it to the opening after the close and type the code above.")),
      element("li", say("遗失或者被人看到，请马上告诉组织单位；结果生效后当场销毁这张纸。", "If it is lost or seen, tell the organiser at once; destroy this sheet once the result stands.")),
    );
    return list;
  }

  /** A share counts as taken once it has been read back from where it is kept. */
  private proof(holder: Holder): HTMLElement[] {
    const label = element("label", say("核对：从存放的地方重新选择份额文件", "Proof: choose the share file where you keep it"));
    const file = element("input", "", "form-control");
    Object.assign(file, { type: "file", accept: ".json,.txt", id: "share-file" });
    label.htmlFor = "share-file";
    const typed = element("label", say("或照纸上输入代码", "or type the code from paper"));
    const area = element("textarea", "", "form-control");
    Object.assign(area, { id: "share-text", rows: 3, autocomplete: "off", spellcheck: false });
    area.setAttribute("data-nodraft", "");
    typed.htmlFor = "share-text";
    const said = element("p");
    said.setAttribute("role", "alert");
    said.hidden = true;
    const box = element("div", "", "field");
    box.append(label, file, typed, area);
    const check = button(say("核对并交给下一位", "Check and go on"), () => void this.check(holder, box, said), "btn-primary");
    return [box, said, check];
  }

  private async check(holder: Holder, box: HTMLElement, said: HTMLElement): Promise<void> {
    const share = this.made!.shares[this.seat]!;
    const found = await shareOf(box, [{ ...holder, hash: shareHash(share) }]);
    if (typeof found === "string") return tell(said, found, "error");
    this.seat += 1;
    this.next();
  }

  private download(holder: Holder, code: string): void {
    const data = this.root.dataset;
    const file: ShareFile = { format: FORMAT, ballot: data.ballot ?? "", number: data.number ?? "", title: data.title ?? "", seat: holder.seat, holder: holder.side, code };
    download(`linli-share-${file.number}-${holder.seat}.json`, file);
  }

  /** Fill the form with what the server may know, and forget the rest. */
  private ready(): void {
    const made = this.made!;
    const form = part<HTMLFormElement>(this.root, "register");
    const fill = (name: string, value: string): void => void ((form.elements.namedItem(name) as HTMLInputElement).value = value);
    fill("public_key", hex(made.publicKey));
    for (const [place, share] of made.shares.entries()) {
      fill(`share_${this.holders[place]!.seat}`, shareHash(share));
      share.fill(0);
    }
    this.made = null;
    part(this.root, "fingerprint").textContent = hex(made.publicKey).slice(0, 16).replace(/.{4}(?=.)/g, "$& ");
    const finish = part(this.root, "finish");
    finish.hidden = false;
    finish.querySelector<HTMLElement>("h2")?.focus();
  }
}

export function ceremonyAttach(root: HTMLElement): void {
  new Ceremony(root, json<Holder[]>("secret-holders"));
}
