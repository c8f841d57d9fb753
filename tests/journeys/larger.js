// What 长辈版 promises, measured on the page: text, lines, targets, one column.
// A link inside a sentence is exempt from the size of targets (WCAG 2.5.8), and so is what only screen readers meet.
() => {
  const faults = new Set();
  const shown = (e) => e.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}) && !e.closest('.visually-hidden, .skip, [aria-hidden=true], svg, .maplibregl-map');
  const name = (e) => `<${e.tagName.toLowerCase()} class="${e.className}"> ${(e.innerText || e.value || '').trim().slice(0, 24)}`;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const e = node.parentElement;
    if (!node.textContent.trim() || !shown(e)) continue;
    const style = getComputedStyle(e), size = parseFloat(style.fontSize);
    if (size < 18) faults.add(`text of ${size} px: ${name(e)}`);
    if (parseFloat(style.lineHeight) / size < 1.5) faults.add(`line height ${style.lineHeight} at ${size} px: ${name(e)}`);
  }
  for (const e of document.querySelectorAll('a[href], button, summary, select, textarea, input:not([type=hidden])')) {
    if (!shown(e)) continue;
    const target = (e.matches('input') && e.closest('label')) || e;
    const box = (target.querySelector('img') ?? target).getBoundingClientRect();
    if (box.width === 0 || box.bottom < 0) continue;
    const inText = e.matches('a') && getComputedStyle(e).display === 'inline' && e.parentElement.innerText.trim() !== e.innerText.trim();
    if (!inText && box.height < 59.5) faults.add(`target ${Math.round(box.height)} px high: ${name(e)}`);
  }
  for (const e of document.querySelectorAll('main *')) {
    if (!shown(e)) continue;
    const style = getComputedStyle(e);
    const columns = style.gridTemplateColumns.split(' ').filter((part) => part !== 'none');
    const isGridOfBlocks = style.display === 'grid' && columns.length > 1 && !e.matches('.photos, .steps *, .timeline *, .calendar *');
    if (isGridOfBlocks) faults.add(`${columns.length} columns: ${name(e)}`);
  }
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 1) faults.add(`scrolls sideways by ${wide} px`);
  return [...faults];
}
