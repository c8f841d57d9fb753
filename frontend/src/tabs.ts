// A strip of tabs that is wider than a phone begins where the present one is, so that one sees where one is.
export function tabsAttach(root: ParentNode): void {
  for (const at of root.querySelectorAll<HTMLElement>(".tabs [aria-current]")) {
    const strip = at.closest<HTMLElement>(".tabs");
    if (strip === null || strip.scrollWidth <= strip.clientWidth) continue;
    const from = strip.getBoundingClientRect().left;
    const tab = at.getBoundingClientRect();
    strip.scrollLeft += tab.left - from - (strip.clientWidth - tab.width) / 2;
  }
}
