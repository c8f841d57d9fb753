// The desk by keyboard: j k to move, Enter to open, a number for each action, / to search, ? for help.
import { confirmFirst } from "./dialogs";
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
  next?.querySelector<HTMLElement>("a, button")?.focus({ preventScroll: true });
}

function help(): void {
  const lines = [...(here() ?? document).querySelectorAll<HTMLElement>("[data-key]")].map(
    (element) => `${element.dataset.key} ${element.textContent?.trim() ?? ""}`,
  );
  const common = say("j / k 下一条、上一条；回车 打开；/ 搜索；? 帮助", "j / k next, previous; Enter open; / search; ? help");
  void confirmFirst([common, ...new Set(lines)].join(" · "), say("知道了", "Got it"));
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
  else if (event.key === "?") help();
  else if (event.key === "/") document.querySelector<HTMLElement>("[data-search]")?.focus();
  else if (event.key === "Enter" && here() && event.target === document.body) here()?.querySelector<HTMLElement>("a[data-open], a")?.click();
  else if (!/^[1-9]$/.test(event.key) || !act(event.key)) return;
  if (event.key !== "Enter") event.preventDefault();
}

export function keysAttach(): void {
  if (document.body.classList.contains("desk")) document.addEventListener("keydown", onKey);
}
