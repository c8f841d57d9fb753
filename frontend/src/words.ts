// The few sentences that scripts say; the page's language decides which.
const english = document.documentElement.lang.startsWith("en");

export function say(chinese: string, inEnglish: string): string {
  return english ? inEnglish : chinese;
}

/** Show a short message above the bottom bar; screen readers hear it. */
export function announce(text: string, tone: "info" | "warning" | "error" | "success" = "info", stay = false): void {
  const live = document.getElementById("live");
  if (!live) return;
  const message = document.createElement("div");
  message.className = `message tone-${tone}`;
  message.textContent = text;
  live.replaceChildren(message);
  if (!stay) window.setTimeout(() => message.remove(), 8000);
}

export function silence(): void {
  document.getElementById("live")?.replaceChildren();
}

export function icon(name: string): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${document.body.dataset.icons ?? "/static/build/icons.svg"}#${name}`);
  svg.append(use);
  return svg;
}

export function isTyped(element: Element | null): element is HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement;
}
