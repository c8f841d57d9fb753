// Sending a form: once per press, asked first where it matters, and again when the connection comes back.
import { draftKeep } from "./drafts";
import { confirmFirst } from "./dialogs";
import { announce, say, silence } from "./words";

const WAITS = [2, 4, 8, 15, 30];
// A redirect is told in this header instead of being followed here: following would draw the next page
// unseen, and with it use up the message that says what was saved.
const FOLLOW = "X-Linli-Follow";

export function csrfToken(): string {
  return /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

/** Signing in in another tab gives the browser a new token; the form that lay open here sends that one. */
function tokenRenew(form: HTMLFormElement): void {
  const kept = form.elements.namedItem("csrfmiddlewaretoken");
  if (kept instanceof HTMLInputElement) kept.value = csrfToken() || kept.value;
}

function busy(form: HTMLFormElement, submitter: HTMLElement | null, on: boolean): void {
  form.dataset.sending = on ? "yes" : "";
  const button = submitter ?? form.querySelector<HTMLElement>("[type=submit]");
  if (on) button?.setAttribute("aria-busy", "true");
  else for (const each of form.querySelectorAll("[aria-busy]")) each.removeAttribute("aria-busy");
}

function content(form: HTMLFormElement, submitter: HTMLElement | null): FormData {
  const data = new FormData(form);
  const button = submitter as HTMLButtonElement | null;
  if (button?.name) data.append(button.name, button.value);
  return data;
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      window.removeEventListener("online", done);
      window.clearTimeout(timer);
      resolve();
    };
    const timer = window.setTimeout(done, seconds * 1000);
    window.addEventListener("online", done);
  });
}

async function sendUntilReceived(form: HTMLFormElement, data: FormData): Promise<Response> {
  for (let attempt = 0; ; attempt += 1) {
    let wait = WAITS[Math.min(attempt, WAITS.length - 1)] ?? 30;
    let words = say("网络断了，内容已保存，正在重试。", "The connection was lost. Your text is kept; trying again.");
    try {
      const response = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin", headers: { Accept: "text/html", [FOLLOW]: "no" } });
      const after = response.headers.get("Retry-After");
      if (response.status !== 503 || !after) return response;
      // Too many at once: the same request, with the same key, goes again when the server says.
      wait = Math.max(Number(after) || wait, 1);
      words = say("现在人多，正在排队，会自动再发一次，不会重复。", "Many people are here now. It is sent again by itself, and counts once.");
    } catch {
      // not received: again
    }
    announce(words, "warning", true);
    const place = form.querySelector<HTMLElement>("[data-draft-note]");
    if (place) place.textContent = words;
    await pause(wait);
  }
}

/** Show the page that came back instead of a redirect: the same form with remarks, or a refusal. */
function showAnswer(html: string): void {
  const page = new DOMParser().parseFromString(html, "text/html");
  const fresh = page.getElementById("main");
  const main = document.getElementById("main");
  if (!fresh || !main) return;
  document.title = page.title;
  main.replaceWith(fresh);
  document.dispatchEvent(new CustomEvent("linli:load", { detail: fresh }));
  window.scrollTo(0, 0);
  (fresh.querySelector<HTMLElement>("[data-focus], [aria-invalid='true']") ?? fresh).focus();
}

async function send(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  form.dataset.sent = "yes";
  draftKeep(form);
  busy(form, submitter, true);
  const response = await sendUntilReceived(form, content(form, submitter));
  silence();
  const next = response.headers.get(FOLLOW);
  if (next) {
    form.dataset.received = "yes";
    window.location.assign(next);
    return;
  }
  busy(form, submitter, false);
  showAnswer(await response.text());
}

/** The browser takes the file and stays where it is: the form may be sent again, the menu closes. */
function downloading(form: HTMLFormElement): void {
  busy(form, null, false);
  form.closest("details.pop")?.removeAttribute("open");
}

async function onSubmit(event: SubmitEvent): Promise<void> {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented || form.method.toLowerCase() !== "post") return;
  const submitter = event.submitter;
  tokenRenew(form);
  if (form.dataset.sending === "yes") {
    event.preventDefault();
    return;
  }
  if (form.dataset.confirm && form.dataset.confirmed !== "yes") {
    event.preventDefault();
    if (await confirmFirst(form.dataset.confirm, submitter?.textContent?.trim() ?? "")) {
      form.dataset.confirmed = "yes";
      form.requestSubmit(submitter as HTMLButtonElement | null);
      form.dataset.confirmed = "";
    }
    return;
  }
  if ("resend" in form.dataset) {
    event.preventDefault();
    await send(form, submitter);
    return;
  }
  draftKeep(form);
  // An htmx form reports its own end; a plain one ends with the page; a download ends nothing that is seen.
  busy(form, submitter, true);
  if ("download" in form.dataset) window.setTimeout(() => downloading(form), 3000);
}

export function sendingAttach(): void {
  document.addEventListener("submit", (event) => void onSubmit(event));
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = (event.target as HTMLElement).closest("form");
    if (form) busy(form, null, false);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sending=yes]")) busy(form, null, false);
  });
  document.addEventListener("htmx:sendError", () =>
    announce(say("网络断了，请检查连接后再试；您填写的内容还在。", "The connection was lost. Please try again; your text is still here."), "warning"),
  );
}
