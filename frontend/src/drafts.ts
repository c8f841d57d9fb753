// Keeps what was typed into form[data-draft] for seven days on this device, per person.
import { say } from "./words";

const WEEK = 7 * 24 * 3600 * 1000;
const PREFIX = "linli-draft:";
const NEVER = new Set(["csrfmiddlewaretoken", "password", "password1", "password2", "code", "otp"]);

interface Draft {
  at: number;
  fields: Record<string, string[]>;
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const owner = (): string => document.body.dataset.owner ?? "visitor";
const keyOf = (name: string, who = owner()): string => `${PREFIX}${who}:${name}`;

function controls(form: HTMLFormElement): Control[] {
  return [...form.elements].filter((element): element is Control => {
    if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement)) return false;
    if (!element.name || NEVER.has(element.name) || "nodraft" in element.dataset) return false;
    // The key of a request is kept only once it may have arrived (see resend.ts).
    if (element.name === "request_key") return form.dataset.sent === "yes";
    return !["file", "password", "submit", "button", "image"].includes(element.type);
  });
}

function valuesOf(form: HTMLFormElement): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const control of controls(form)) {
    const list = (fields[control.name] ??= []);
    if (control instanceof HTMLSelectElement) list.push(...[...control.selectedOptions].map((option) => option.value));
    else if (control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type)) {
      if (control.checked) list.push(control.value);
    } else list.push(control.value);
  }
  return fields;
}

function write(control: Control, values: string[], position: number): void {
  if (control instanceof HTMLSelectElement) {
    for (const option of control.options) option.selected = values.includes(option.value);
  } else if (control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type)) {
    control.checked = values.includes(control.value);
  } else {
    control.value = values[position] ?? control.value;
  }
  control.dispatchEvent(new Event("input", { bubbles: true }));
}

function read(key: string): Draft | null {
  try {
    const draft = JSON.parse(localStorage.getItem(key) ?? "null") as Draft | null;
    if (draft && Date.now() - draft.at < WEEK) return draft;
    localStorage.removeItem(key);
  } catch {
    // Storage may be switched off (private windows); then there is no draft to offer.
  }
  return null;
}

/** Store the form's present content; done on every change and before every sending. */
export function draftKeep(form: HTMLFormElement): void {
  const name = form.dataset.draft;
  if (!name) return;
  try {
    localStorage.setItem(keyOf(name), JSON.stringify({ at: Date.now(), fields: valuesOf(form) }));
  } catch {
    // A full or forbidden storage must not keep anybody from typing.
  }
}

function note(form: HTMLFormElement): HTMLElement | null {
  return form.querySelector<HTMLElement>("[data-draft-note]");
}

function forget(form: HTMLFormElement): void {
  const name = form.dataset.draft ?? "";
  localStorage.removeItem(keyOf(name));
  localStorage.removeItem(keyOf(name, "visitor"));
}

function offerToClear(form: HTMLFormElement): void {
  const place = note(form);
  if (!place) return;
  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "btn btn-quiet btn-small";
  clear.textContent = say("清空重填", "Start again");
  clear.addEventListener("click", () => {
    forget(form);
    form.reset();
    place.textContent = say("已清空。", "Cleared.");
  });
  place.replaceChildren(say("已恢复您上次没有提交的内容。", "What you had not sent has been restored."), clear);
}

function restore(form: HTMLFormElement): void {
  const name = form.dataset.draft ?? "";
  const draft = read(keyOf(name)) ?? read(keyOf(name, "visitor"));
  // What the server sent back with remarks is newer than any draft.
  if (!draft || form.querySelector("[aria-invalid='true'], .errors-summary")) return;
  const seen = new Map<string, number>();
  let changed = false;
  for (const control of controls(form)) {
    const values = draft.fields[control.name];
    if (!values) continue;
    const position = seen.get(control.name) ?? 0;
    seen.set(control.name, position + 1);
    const before = control.value;
    write(control, values, position);
    changed ||= before !== control.value && control.type !== "hidden";
  }
  const key = draft.fields["request_key"]?.[0];
  const field = form.elements.namedItem("request_key");
  if (key && field instanceof HTMLInputElement) field.value = key;
  if (changed) offerToClear(form);
}

/** Remove what the page says has been received: [data-draft-clear="name"], or "*" for everything. */
export function draftsClear(root: ParentNode): void {
  for (const marker of root.querySelectorAll<HTMLElement>("[data-draft-clear]")) {
    const wanted = marker.dataset.draftClear ?? "";
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(PREFIX)) continue;
      if (wanted === "*" || key.slice(PREFIX.length).split(":").slice(1).join(":") === wanted) localStorage.removeItem(key);
    }
  }
}

export function draftsAttach(root: ParentNode): void {
  draftsClear(root);
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-draft]")) {
    if (form.dataset.draftReady) continue;
    form.dataset.draftReady = "yes";
    restore(form);
    let timer = 0;
    const later = (): void => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => draftKeep(form), 400);
    };
    form.addEventListener("input", later);
    form.addEventListener("change", later);
    window.addEventListener("pagehide", () => timer && !form.dataset.received && draftKeep(form));
  }
  for (const button of root.querySelectorAll<HTMLElement>("[data-clear-drafts]")) {
    button.addEventListener("click", () => {
      for (const key of Object.keys(localStorage)) if (key.startsWith(`${PREFIX}${owner()}:`)) localStorage.removeItem(key);
    });
  }
}
