// The search box of the desk by keyboard: arrows walk through the hits below it, Escape puts them away.
function hits(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("#desk-search-hits .search-hit")];
}

function onKey(event: KeyboardEvent): void {
  const box = document.querySelector<HTMLInputElement>("#desk-search");
  const stops: HTMLElement[] = box ? [box, ...hits()] : [];
  const here = stops.indexOf(event.target as HTMLElement);
  if (here < 0) return;
  if (event.key === "Escape") {
    document.querySelector("#desk-search-hits")?.replaceChildren();
    box?.focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    stops[(here + (event.key === "ArrowDown" ? 1 : -1) + stops.length) % stops.length]?.focus();
    event.preventDefault();
  }
}

export function findingAttach(): void {
  document.addEventListener("keydown", onKey);
}
