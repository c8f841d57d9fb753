// Dialogs, menus and messages. Without script a dialog is a panel that opens in place.
import { icon, say } from "./words";

export function sheet(title: string): { dialog: HTMLDialogElement; body: HTMLElement } {
  const dialog = document.createElement("dialog");
  dialog.className = "sheet";
  const head = document.createElement("div");
  head.className = "sheet-head";
  const heading = document.createElement("h2");
  heading.textContent = title;
  heading.id = `sheet-${Math.random().toString(36).slice(2)}`;
  dialog.setAttribute("aria-labelledby", heading.id);
  const close = document.createElement("button");
  close.type = "button";
  close.className = "sheet-close";
  close.setAttribute("aria-label", say("关闭", "Close"));
  close.append(icon("x"));
  close.addEventListener("click", () => dialog.close());
  head.append(heading, close);
  const body = document.createElement("div");
  body.className = "sheet-body";
  dialog.append(head, body);
  // A press beside the sheet closes it; what was typed stays.
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  return { dialog, body };
}

export function open(dialog: HTMLDialogElement): void {
  if (typeof dialog.showModal === "function") dialog.showModal();
  else dialog.setAttribute("open", "");
}

/** Ask before something that cannot be taken back; resolves to the answer. */
export function confirmFirst(question: string, action: string): Promise<boolean> {
  return new Promise((resolve) => {
    const { dialog, body } = sheet(say("请确认", "Please confirm"));
    const text = document.createElement("p");
    text.textContent = question;
    const row = document.createElement("div");
    row.className = "actions mt-4";
    const yes = document.createElement("button");
    yes.type = "button";
    yes.className = "btn btn-primary";
    yes.textContent = action || say("确认", "Confirm");
    const no = document.createElement("button");
    no.type = "button";
    no.className = "btn";
    no.textContent = say("再想想", "Not yet");
    let answer = false;
    yes.addEventListener("click", () => ((answer = true), dialog.close()));
    no.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => (dialog.remove(), resolve(answer)));
    row.append(yes, no);
    body.append(text, row);
    document.body.append(dialog);
    open(dialog);
    no.focus();
  });
}

function dialogBuild(host: HTMLDetailsElement): void {
  const inside = host.querySelector<HTMLElement>(":scope > .sheet-body");
  const summary = host.querySelector("summary");
  if (!inside || !summary || host.dataset.ready) return;
  host.dataset.ready = "yes";
  const { dialog, body } = sheet(host.dataset.dialog ?? "");
  body.replaceWith(inside);
  host.after(dialog);
  const isOpen = host.open; // somebody was faster than this script
  host.open = false;
  summary.setAttribute("aria-haspopup", "dialog");
  summary.addEventListener("click", (event) => {
    event.preventDefault();
    open(dialog);
    inside.querySelector<HTMLElement>("[autofocus], input:not([type=hidden]), textarea, select")?.focus();
  });
  // A form that came back with remarks shows them at once.
  if (isOpen || inside.querySelector("[aria-invalid='true'], .errors-summary")) open(dialog);
}

function menusClose(except: Node | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.pop[open], details.clock-law[open]")) {
    if (!except || !menu.contains(except)) menu.open = false;
  }
}

function onClick(event: MouseEvent): void {
  const target = event.target as HTMLElement;
  menusClose(target);
  target.closest("[data-close]")?.closest(".message")?.remove();
  if (target.closest("[data-print]")) window.print();
  const opener = target.closest<HTMLElement>("[data-opens]");
  const host = opener && document.getElementById(opener.dataset.opens ?? "");
  if (host) {
    event.preventDefault();
    menusClose(null);
    host.querySelector<HTMLElement>("summary")?.click();
  }
}

export function dialogsAttach(root: ParentNode): void {
  for (const host of root.querySelectorAll<HTMLDetailsElement>("details[data-dialog]")) dialogBuild(host);
}

export function menusAttach(): void {
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector<HTMLDetailsElement>("details.pop[open], details.clock-law[open]");
    menusClose(null);
    menu?.querySelector("summary")?.focus();
  });
}
