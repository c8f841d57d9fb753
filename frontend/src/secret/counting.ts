// Opening the ballots: two shares are joined on this machine, which may be offline; only counts go back.
// The same code runs in the page of a ballot and in opening.html, which is carried on a stick and knows no network.
import { say } from "../words";
import type { Question } from "./choices";
import { openGroup, INVALID, type Counted, type Group } from "./opening";
import { download, element, json, part, Refused, send, shareOf, tell, type Found, type Holder } from "./page";
import { hex, join, receiptOf, unbase64, unhex, type Bytes } from "./sealing";
import { sha256 } from "@noble/hashes/sha2.js";

const SEALED = "linli-sealed/1";
const OPENED = "linli-opened/1";

interface Asked extends Question {
  text: string;
  labels: Record<string, string>;
}

/** What is opened: as the page has it, and as it is kept in a file for a machine without a network. */
interface Sealed {
  format: string;
  ballot: string;
  number: string;
  title: string;
  key: string;
  digest: string;
  holders: Holder[];
  asked: Asked[];
  groups: Group[];
}

/** What came of it: all that leaves the machine on which it was opened. */
interface Opened {
  format: string;
  ballot: string;
  digest: string;
  seats: number[];
  result: Counted[];
}

/** The digest of all receipts, as the server published it when the ballot closed. */
function digestOf(groups: Group[]): string {
  const receipts = groups.flatMap((group) => group.sealed.map((text) => receiptOf(unbase64(text)))).sort();
  return hex(sha256(new TextEncoder().encode(receipts.join("\n"))));
}

/** The values of a file that a person chose; `null` where it is none of ours. */
async function fileOf<T extends { format: string }>(field: HTMLInputElement | null, format: string): Promise<T | null> {
  const file = field?.files?.[0];
  if (!file) throw new Refused(say("请先选择文件。", "Choose the file first."));
  try {
    const found = JSON.parse(await file.text()) as T;
    return found?.format === format ? found : null;
  } catch {
    return null;
  }
}

class Counting {
  private sealed: Sealed | null = null;
  private opened: Opened | null = null;
  private readonly said: HTMLElement;

  constructor(private readonly root: HTMLElement) {
    this.said = part(root, "said");
    const acts: Record<string, () => Promise<void> | void> = {
      fetch: () => this.take(),
      keep: () => this.keep(),
      load: () => this.load(),
      open: () => this.open(),
      save: () => download(`linli-opened-${this.sealed!.number}.json`, this.opened),
      bring: () => this.bring(),
    };
    for (const [name, act] of Object.entries(acts)) {
      const press = root.querySelector<HTMLButtonElement>(`button[data-${name}]`);
      press?.addEventListener("click", () => void this.busy(press, async () => act()));
    }
  }

  private async busy(press: HTMLButtonElement, act: () => Promise<void>): Promise<void> {
    press.disabled = true;
    press.setAttribute("aria-busy", "true");
    tell(this.said, "");
    try {
      await act();
    } catch (error) {
      tell(this.said, error instanceof Refused ? error.message : say("没有办成，请刷新页面再试；密文和份额都没有变化。", "That did not work; reload and try again. Nothing was changed."), "error");
    } finally {
      press.disabled = false;
      press.removeAttribute("aria-busy");
    }
  }

  /** Fetch what is sealed from the server, in the page of the ballot. */
  private async take(): Promise<void> {
    const data = this.root.dataset;
    const handed = await send<{ groups: Group[]; digest: string }>(data.url ?? "", {}, (words) => tell(this.said, words, "warning"));
    this.accept({
      format: SEALED,
      ballot: data.ballot ?? "",
      number: data.number ?? "",
      title: data.title ?? "",
      key: data.key ?? "",
      digest: data.digest ?? "",
      holders: json<Holder[]>("secret-holders"),
      asked: json<Asked[]>("secret-questions"),
      groups: handed.groups,
    }, handed.digest);
    this.root.querySelector<HTMLElement>("[data-offline]")?.removeAttribute("hidden");
  }

  /** Keep what was fetched for a machine without a network. */
  private keep(): void {
    download(`linli-sealed-${this.sealed!.number}.json`, this.sealed);
  }

  /** Take what is sealed from a file, in opening.html. */
  private async load(): Promise<void> {
    const sealed = await fileOf<Sealed>(this.root.querySelector("input[data-sealed]"), SEALED);
    if (!sealed) throw new Refused(say("这不是取回的密票文件，请在开票页重新保存。", "This is no file of sealed ballots; save it anew from the opening page."));
    this.accept(sealed, sealed.digest);
    part(this.root, "title").textContent = `${sealed.title}（${sealed.number}）`;
    part(this.root, "digest").textContent = sealed.digest.replace(/.{4}(?=.)/g, "$& ");
  }

  private accept(sealed: Sealed, said: string): void {
    const digest = digestOf(sealed.groups);
    if (digest !== said || digest !== sealed.digest) {
      throw new Refused(say("取回的密文与截止时封存的不一致：有密文被改动过。请不要开票，保留现场，报告街道和监督委员会。", "The sealed ballots differ from what was sealed at the close: something was changed. Do not open them; report it."));
    }
    this.sealed = sealed;
    const count = sealed.groups.reduce((sum, group) => sum + group.sealed.length, 0);
    tell(part(this.root, "taken"), say(`已取回 ${count} 张加密选票，与截止时封存的一致。现在可以断开网络再开票。`, `${count} sealed ballots, as they were at the close. You may go offline now.`), "success");
    part(this.root, "shares").hidden = false;
  }

  /** Take the result that was opened on a machine without a network, in the page of the ballot. */
  private async bring(): Promise<void> {
    const opened = await fileOf<Opened>(this.root.querySelector("input[data-opened]"), OPENED);
    if (!opened || opened.ballot !== this.root.dataset.ballot || opened.digest !== this.root.dataset.digest) {
      throw new Refused(say("这不是这次投票的开票结果文件。", "This is no result of this ballot."));
    }
    this.show(opened, json<Asked[]>("secret-questions"));
  }

  private async pair(): Promise<[Found, Found] | string> {
    const found: Found[] = [];
    for (const [place, box] of [...this.root.querySelectorAll<HTMLElement>("[data-share]")].entries()) {
      const one = await shareOf(box, this.sealed!.holders);
      if (typeof one === "string") return say(`第 ${place + 1} 份：${one}`, `Share ${place + 1}: ${one}`);
      found.push(one);
    }
    if (found.length < 2) return say("还差一份：开票需要三份中的任意两份。", "One is missing: two of the three are needed.");
    if (found[0]!.holder.seat === found[1]!.holder.seat) return say("两份是同一个人的份额，请换成另一位保管人的。", "Both are the same person's share; use another trustee's.");
    return [found[0]!, found[1]!];
  }

  private async open(): Promise<void> {
    const sealed = this.sealed!;
    const publicKey = unhex(sealed.key);
    const pair = await this.pair();
    if (typeof pair === "string") return tell(this.said, pair, "error");
    const secret = await join(pair[0].share, pair[1].share, publicKey);
    if (!secret) return tell(this.said, say("两份合不成这次投票的密钥：份额或登记的公钥不对，请换另一位保管人的份额再试。", "These two do not make this ballot's key; try another trustee's."), "error");
    const counted = await this.all(publicKey, secret);
    secret.fill(0);
    for (const { share } of pair) share.fill(0);
    for (const field of this.root.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("[data-share] input, [data-share] textarea")) field.value = "";
    const seats = pair.map((one) => one.holder.seat).sort();
    this.show({ format: OPENED, ballot: sealed.ballot, digest: sealed.digest, seats, result: counted }, sealed.asked);
  }

  private async all(publicKey: Bytes, secret: Bytes): Promise<Counted[]> {
    const counted: Counted[] = [];
    for (const group of this.sealed!.groups) {
      const rows = group.sealed.length;
      counted.push(await openGroup(group, this.sealed!.asked, publicKey, secret, (done) => tell(this.said, say(`${group.label}：已解开 ${done}/${rows}`, `${group.label}: ${done}/${rows}`))));
    }
    tell(this.said, "");
    return counted;
  }

  private show(opened: Opened, asked: Asked[]): void {
    this.opened = opened;
    part(this.root, "tables").replaceChildren(...opened.result.flatMap((group) => this.tables(group, asked)));
    const unopened = opened.result.flatMap((group) => group.unopened);
    tell(part(this.root, "unopened"), unopened.length ? say(`有 ${unopened.length} 张解不开或不是一张完整的选票，按废票计。收据号：${unopened.join("、")}`, `${unopened.length} could not be opened or read and count as invalid: ${unopened.join(", ")}`) : "", "warning");
    const form = this.root.querySelector<HTMLFormElement>("[data-return]");
    if (form) {
      const fill = (name: string, value: string): void => void ((form.elements.namedItem(name) as HTMLInputElement).value = value);
      fill("result", JSON.stringify(opened.result));
      fill("seats", JSON.stringify(opened.seats));
    }
    part(this.root, "shares").hidden = true;
    const result = part(this.root, "result");
    result.hidden = false;
    result.querySelector<HTMLElement>("h2")?.focus();
  }

  private tables(group: Counted, asked: Asked[]): HTMLElement[] {
    return asked.map((question, place) => {
      const table = element("table", "", "table");
      table.append(element("caption", `${question.text}（${say("共", "of")} ${group.ballots}）`));
      const body = element("tbody");
      for (const [words, count] of this.rows(question, group.questions[place]!)) {
        const row = element("tr");
        row.append(element("th", words), element("td", String(count), "num"));
        row.querySelector("th")!.scope = "row";
        body.append(row);
      }
      table.append(body);
      return table;
    });
  }

  /** How often each choice was marked, then blank and invalid ballots. */
  private rows(question: Asked, combinations: Record<string, number>): [string, number][] {
    const sums = new Map<string, number>(question.choices.map((choice) => [choice, 0]));
    for (const [combination, count] of Object.entries(combinations)) {
      for (const choice of (JSON.parse(combination) as string[] | null) ?? []) sums.set(choice, (sums.get(choice) ?? 0) + count);
    }
    return [
      ...[...sums].map(([choice, count]): [string, number] => [question.labels[choice] ?? choice, count]),
      [say("弃权", "Abstained"), combinations["[]"] ?? 0],
      [say("无效", "Invalid"), combinations[INVALID] ?? 0],
    ];
  }
}

export function countingAttach(root: HTMLElement): void {
  new Counting(root);
}
