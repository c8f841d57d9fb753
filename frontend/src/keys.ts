// The desk by keyboard: j k to move, Enter to open, a number for each action, / to search, ? for help.
import { open, sheet } from "./dialogs";
import { say } from "./words";

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-keys] [data-row]")].filter((row) => row.offsetParent !== null);
}

function here(): HTMLElement | null {
  return document.querySelector<HTMLElement>("[data-row].is-here");
}

function move(by: number): void {
  const all = rows();
  if (!all.length) return;
  const present = here();
  const position = present ? all.indexOf(present) + by : by > 0 ? 0 : all.length - 1;
  const next = all[Math.max(0, Math.min(all.length - 1, position))];
  present?.classList.remove("is-here");
  next?.classList.add("is-here");
  next?.scrollIntoView({ block: "nearest" });
  next?.querySelector<HTMLElement>("a[data-open], a, button")?.focus({ preventScroll: true });
}

function pageKeys(): Map<string, string> {
  const found = new Map<string, string>();
  const acts = [...(here() ?? document).querySelectorAll<HTMLElement>("[data-key]"), ...document.querySelectorAll<HTMLElement>("#main [data-key]:not([data-row] *)")];
  for (const element of acts) {
    const key = element.dataset.key ?? "";
    if (!found.has(key)) found.set(key, element.textContent?.trim() ?? "");
  }
  return found;
}

/** All keys of this page: those of the frame that lead somewhere here, then the numbers of its actions. */
function help(): void {
  const { dialog, body } = sheet(say("这一页的按键", "Keys of this page"));
  const lines = new Map<string, string>();
  if (rows().length) {
    lines.set("j", say("下一条", "next"));
    lines.set("k", say("上一条", "previous"));
    lines.set("Enter", say("打开这一条", "open it"));
  }
  if (document.querySelector("[data-row] input[type=checkbox]")) lines.set("x", say("选中或取消选中", "tick or untick"));
  for (const [key, words] of pageKeys()) lines.set(key, words);
  if (document.querySelector("[data-taken-row]")) lines.set("Ctrl Enter", say("登记这一行", "take this row in"));
  if (document.querySelector("[data-search]")) lines.set("/", say("搜索", "search"));
  lines.set("?", say("显示这张表", "show this list"));
  const list = document.createElement("dl");
  list.className = "keys-list";
  for (const [key, words] of lines) {
    const term = document.createElement("dt");
    for (const part of key.split(" ")) term.append(Object.assign(document.createElement("kbd"), { textContent: part }));
    const meaning = document.createElement("dd");
    meaning.textContent = words;
    list.append(term, meaning);
  }
  body.append(list);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  open(dialog);
}

function tick(): void {
  const box = here()?.querySelector<HTMLInputElement>("input[type=checkbox]");
  if (box) box.click();
}

function act(key: string): boolean {
  const inside = here()?.querySelector<HTMLElement>(`[data-key="${key}"]`);
  const action = inside ?? document.querySelector<HTMLElement>(`#main [data-key="${key}"]:not([data-row] *)`);
  action?.click();
  return action !== null;
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "x") tick();
  else if (event.key === "?") help();
  else if (event.key === "/") document.querySelector<HTMLElement>("[data-search]")?.focus();
  else if (event.key === "Enter" && here() && event.target === document.body) here()?.querySelector<HTMLElement>("a[data-open], a")?.click();
  else if (!/^[1-9]$/.test(event.key) || !act(event.key)) return;
  if (event.key !== "Enter") event.preventDefault();
}

export function keysAttach(): void {
  if (document.body.classList.contains("desk")) document.addEventListener("keydown", onKey);
}
