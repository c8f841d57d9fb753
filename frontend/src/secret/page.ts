// What the pages of secret ballots share: finding parts, small elements, talking to the server, reading shares.
import { csrfToken } from "../sending";
import { say } from "../words";
import { shareRead } from "./codes";
import { hex, type Bytes } from "./sealing";
import { sha256 } from "@noble/hashes/sha2.js";

const WAITS = [2, 4, 8, 15, 30];

export interface Holder {
  seat: number;
  side: string;
  name: string;
  hash: string;
}

/** Find a part of the page that the template promised. */
export function part<T extends HTMLElement = HTMLElement>(root: ParentNode, name: string): T {
  const found = root.querySelector<T>(`[data-${name}]`);
  if (!found) throw new Error(`no part ${name}`);
  return found;
}

export function json<T>(id: string): T {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null") as T;
}

export function element<K extends keyof HTMLElementTagNameMap>(tag: K, words = "", kind = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.textContent = words;
  if (kind) made.className = kind;
  return made;
}

export function button(words: string, act: () => void, kind = ""): HTMLButtonElement {
  const made = element("button", words, `btn ${kind}`);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

export type Tone = "info" | "success" | "warning" | "error";

/** Say something in a part of the page that is read out; an empty text takes it away. */
export function tell(place: HTMLElement, words: string, tone: Tone = "info"): void {
  place.hidden = !words;
  place.className = words ? `notice tone-${tone}` : "";
  place.textContent = words;
}

const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

interface Problem {
  message?: string;
  hint?: string;
}

/** What the server refused, in its own words. */
export class Refused extends Error {}

/** Send to the server until it answers; a lost connection and a full server are waited out, refusals are raised. */
export async function send<T>(url: string, body: unknown, waiting: (words: string) => void): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await fetch(url, {
      method: "POST",
      credentials: "same-origin",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify(body),
    }).catch(() => null);
    if (answer?.ok) return (await answer.json()) as T;
    if (answer && answer.status !== 503) throw new Refused(await wordsOf(answer));
    waiting(answer ? say("现在投票的人很多，正在排队，请不要关闭页面。", "Many people are voting; waiting in line. Please keep this page open.") : say("网络断了，正在重试，请不要关闭页面。", "The connection was lost; trying again. Please keep this page open."));
    await pause(Number(answer?.headers.get("Retry-After")) || WAITS[Math.min(attempt, WAITS.length - 1)] || 30);
  }
}

async function wordsOf(answer: Response): Promise<string> {
  const problem = (await answer.json().catch(() => ({}))) as Problem;
  return `${problem.message ?? say("没有送到，请刷新页面再试。", "That did not arrive; reload and try again.")}${problem.hint ?? ""}`;
}

/** Let somebody keep values as a file of their own machine. */
export function download(name: string, value: unknown): void {
  const link = element("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(value, null, 1)], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

export const shareHash = (share: Uint8Array): string => hex(sha256(share));

export interface Found {
  share: Bytes;
  holder: Holder;
}

/** Read a share from a field or a file, and say whose it is; refused in words. */
export async function shareOf(root: ParentNode, holders: Holder[]): Promise<Found | string> {
  const file = root.querySelector<HTMLInputElement>("input[type=file]")?.files?.[0];
  const typed = root.querySelector<HTMLTextAreaElement>("textarea")?.value.trim() ?? "";
  if (!file && !typed) return say("请选择份额文件，或照纸上输入代码。", "Choose the share file, or type the code from paper.");
  const share = shareRead(file && !typed ? await file.text() : typed);
  if (!share) return say("这不是密钥份额，或代码有错漏：请对照纸上逐组核对，或改选份额文件。", "This is no share, or the code was misread: compare it group by group, or choose the file.");
  const hash = shareHash(share);
  const holder = holders.find((one) => one.hash === hash);
  if (!holder) return say("这份份额不属于这次投票：请核对份额上的投票编号，换成这次投票的份额。", "This share belongs to another ballot: compare the number on it.");
  return { share, holder };
}
