// Opening the ballots: two shares are joined on this machine, which may be offline; only counts go back.
import { say } from "../words";
import type { Question } from "./choices";
import { openGroup, INVALID, type Counted, type Group } from "./opening";
import { element, json, part, Refused, send, shareOf, tell, type Found, type Holder } from "./page";
import { hex, join, receiptOf, unbase64, unhex, type Bytes } from "./sealing";
import { sha256 } from "@noble/hashes/sha2.js";

interface Handed {
  groups: Group[];
  digest: string;
}

interface Asked extends Question {
  text: string;
  labels: Record<string, string>;
}

/** The digest of all receipts, as the server published it when the ballot closed. */
function digestOf(groups: Group[]): string {
  const receipts = groups.flatMap((group) => group.sealed.map((text) => receiptOf(unbase64(text)))).sort();
  return hex(sha256(new TextEncoder().encode(receipts.join("\n"))));
}

class Counting {
  private handed: Handed | null = null;
  private readonly holders = json<Holder[]>("secret-holders");
  private readonly asked = json<Asked[]>("secret-questions");
  private readonly said: HTMLElement;

  constructor(private readonly root: HTMLElement) {
    this.said = part(root, "said");
    const fetchPress = part<HTMLButtonElement>(root, "fetch");
    const openPress = part<HTMLButtonElement>(root, "open");
    fetchPress.addEventListener("click", () => void this.busy(fetchPress, () => this.take()));
    openPress.addEventListener("click", () => void this.busy(openPress, () => this.open()));
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

  private async take(): Promise<void> {
    const handed = await send<Handed>(this.root.dataset.url ?? "", {}, (words) => tell(this.said, words, "warning"));
    const digest = digestOf(handed.groups);
    if (digest !== handed.digest || digest !== this.root.dataset.digest) {
      throw new Refused(say("取回的密文与截止时封存的不一致：有密文被改动过。请不要开票，保留现场，报告街道和监督委员会。", "The sealed ballots differ from what was sealed at the close: something was changed. Do not open them; report it."));
    }
    this.handed = handed;
    const count = handed.groups.reduce((sum, group) => sum + group.sealed.length, 0);
    tell(part(this.root, "taken"), say(`已取回 ${count} 张加密选票，与截止时封存的一致。现在可以断开网络再开票。`, `${count} sealed ballots, as they were at the close. You may go offline now.`), "success");
    part(this.root, "shares").hidden = false;
  }

  private async pair(): Promise<[Found, Found] | string> {
    const found: Found[] = [];
    for (const [place, box] of [...this.root.querySelectorAll<HTMLElement>("[data-share]")].entries()) {
      const one = await shareOf(box, this.holders);
      if (typeof one === "string") return say(`第 ${place + 1} 份：${one}`, `Share ${place + 1}: ${one}`);
      found.push(one);
    }
    if (found.length < 2) return say("还差一份：开票需要三份中的任意两份。", "One is missing: two of the three are needed.");
    if (found[0]!.holder.seat === found[1]!.holder.seat) return say("两份是同一个人的份额，请换成另一位保管人的。", "Both are the same person's share; use another trustee's.");
    return [found[0]!, found[1]!];
  }

  private async open(): Promise<void> {
    const publicKey = unhex(this.root.dataset.key ?? "");
    const pair = await this.pair();
    if (typeof pair === "string") return tell(this.said, pair, "error");
    const secret = await join(pair[0].share, pair[1].share, publicKey);
    if (!secret) return tell(this.said, say("两份合不成这次投票的密钥：份额或登记的公钥不对，请换另一位保管人的份额再试。", "These two do not make this ballot's key; try another trustee's."), "error");
    const counted = await this.all(publicKey, secret);
    secret.fill(0);
    for (const { share } of pair) share.fill(0);
    for (const field of this.root.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("[data-share] input, [data-share] textarea")) field.value = "";
    this.show(counted, pair.map((one) => one.holder.seat));
  }

  private async all(publicKey: Bytes, secret: Bytes): Promise<Counted[]> {
    const counted: Counted[] = [];
    for (const group of this.handed!.groups) {
      const rows = group.sealed.length;
      counted.push(await openGroup(group, this.asked, publicKey, secret, (done) => tell(this.said, say(`${group.label}：已解开 ${done}/${rows}`, `${group.label}: ${done}/${rows}`))));
    }
    tell(this.said, "");
    return counted;
  }

  private show(counted: Counted[], seats: number[]): void {
    part(this.root, "tables").replaceChildren(...counted.flatMap((group) => this.tables(group)));
    const unopened = counted.flatMap((group) => group.unopened);
    tell(part(this.root, "unopened"), unopened.length ? say(`有 ${unopened.length} 张解不开或不是一张完整的选票，按废票计。收据号：${unopened.join("、")}`, `${unopened.length} could not be opened or read and count as invalid: ${unopened.join(", ")}`) : "", "warning");
    const form = part<HTMLFormElement>(this.root, "return");
    const fill = (name: string, value: string): void => void ((form.elements.namedItem(name) as HTMLInputElement).value = value);
    fill("result", JSON.stringify(counted));
    fill("seats", JSON.stringify(seats.sort()));
    part(this.root, "shares").hidden = true;
    const result = part(this.root, "result");
    result.hidden = false;
    result.querySelector<HTMLElement>("h2")?.focus();
  }

  private tables(group: Counted): HTMLElement[] {
    return this.asked.map((question, place) => {
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
