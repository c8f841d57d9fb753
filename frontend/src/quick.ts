// Quick work: a button that fills a field, answers put in at the cursor, a table of reports by keyboard.
import { isTyped } from "./words";

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function fieldOf(id: string | undefined): Field | null {
  const found = document.getElementById(id ?? "");
  return isTyped(found) ? found : null;
}

function told(field: Field): void {
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.focus();
}

function fill(button: HTMLElement): void {
  const field = fieldOf(button.dataset.fill);
  if (!field) return;
  field.value = button.dataset.value ?? "";
  told(field);
}

/** Put the chosen answer in where the cursor stands, on a line of its own where there is text already. */
function insert(button: HTMLElement): boolean {
  const choice = fieldOf(button.dataset.insertFrom);
  const field = fieldOf(button.dataset.insertInto);
  if (!(choice instanceof HTMLSelectElement) || !field || field instanceof HTMLSelectElement) return false;
  const text = choice.selectedOptions[0]?.dataset.text ?? "";
  const at = field.selectionStart ?? field.value.length;
  const before = field.value.slice(0, at);
  const glue = before && !before.endsWith("\n") && field instanceof HTMLTextAreaElement ? "\n" : "";
  field.value = `${before}${glue}${text}${field.value.slice(field.selectionEnd ?? at)}`;
  field.setSelectionRange(at + glue.length + text.length, at + glue.length + text.length);
  told(field);
  return true;
}

function onClick(event: MouseEvent): void {
  const button = (event.target as HTMLElement).closest<HTMLElement>("[data-fill], [data-insert-into]");
  if (!button) return;
  if (button.dataset.fill) fill(button);
  else if (insert(button)) event.preventDefault();
}

/** Enter takes the row in; in a text of several lines Ctrl with Enter does. */
function onEnter(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  const row = target.closest("[data-taken-row]");
  if (event.key !== "Enter" || event.isComposing || !row || target instanceof HTMLButtonElement) return;
  if (target instanceof HTMLTextAreaElement && !event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  row.querySelector<HTMLElement>("[data-taken-save]")?.click();
}

function onLoad(event: Event): void {
  const element = ((event as CustomEvent).detail as { elt: HTMLElement }).elt;
  if (element.matches("[data-taken-done]")) {
    element.nextElementSibling?.querySelector<HTMLElement>("input:not([type=hidden])")?.focus();
  } else if (element.matches("[data-taken-row]")) {
    (element.querySelector<HTMLElement>("[aria-invalid='true']") ?? element.querySelector<HTMLElement>("input:not([type=hidden])"))?.focus();
  }
}

export function quickAttach(): void {
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onEnter);
  document.addEventListener("htmx:load", onLoad);
}
