// A pick among choices stands: the late answer to something asked before it does not replace the choices.
// (Words typed are asked for after a moment, and a line may be slow: the reader has long tapped a place.)
interface Swap {
  target: HTMLElement;
  shouldSwap: boolean;
  requestConfig: { verb: string; triggeringEvent?: Event };
}

let last: { radio: HTMLInputElement; at: number } | null = null;

/** When the reader asked: an event that comes later than the asking says so in ``detail.askedAt``. */
function askedAt(event: Event): number {
  const said = event instanceof CustomEvent ? (event.detail as { askedAt?: number } | null) : null;
  return said?.askedAt ?? event.timeStamp;
}

function onChange(event: Event): void {
  const { target } = event;
  if (target instanceof HTMLInputElement && target.type === "radio") last = { radio: target, at: event.timeStamp };
}

function onSwap(event: Event): void {
  const swap = (event as CustomEvent).detail as Swap;
  const asked = swap.requestConfig.triggeringEvent;
  if (!last?.radio.checked || !asked || !swap.target.contains(last.radio)) return;
  // Only what looks something up: the answer to a form that was sent is always shown.
  const looksUp = swap.requestConfig.verb === "get" || ["input", "search"].includes(asked.type);
  if (looksUp && askedAt(asked) < last.at) swap.shouldSwap = false;
}

export function picksAttach(): void {
  document.addEventListener("change", onChange);
  document.addEventListener("htmx:beforeSwap", onSwap);
}
