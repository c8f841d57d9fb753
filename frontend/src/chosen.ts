// The tapped place stays in the draft with its words, so that a page which was closed comes back whole.
function labelOf(radio: HTMLInputElement): string[] {
  const words = radio.closest("label")?.querySelector("span");
  return [radio.value, words?.firstChild?.textContent?.trim() ?? "", words?.querySelector("small")?.textContent ?? ""];
}

function row(group: string, [value = "", title = "", detail = ""]: string[]): HTMLLabelElement {
  const label = document.createElement("label");
  label.className = "choice";
  const radio = document.createElement("input");
  radio.type = "radio";
  radio.name = group;
  radio.value = value;
  const words = document.createElement("span");
  words.textContent = title;
  if (detail) {
    const small = document.createElement("small");
    small.textContent = detail;
    words.append(small);
  }
  label.append(radio, words);
  return label;
}

function restore(keeper: HTMLInputElement, group: string): void {
  let kept: string[];
  try {
    kept = JSON.parse(keeper.value) as string[];
  } catch {
    return;
  }
  const radios = [...(keeper.form?.querySelectorAll<HTMLInputElement>(`input[type=radio][name="${group}"]`) ?? [])];
  const known = radios.find((radio) => radio.value === kept[0]);
  const place = document.getElementById(keeper.dataset.into ?? "");
  if (known) known.checked = true;
  else if (place) {
    const fresh = row(group, kept);
    place.prepend(fresh);
    fresh.querySelector("input")!.checked = true;
  }
}

export function chosenAttach(root: ParentNode): void {
  for (const keeper of root.querySelectorAll<HTMLInputElement>("input[data-chosen]")) {
    const group = keeper.dataset.chosen ?? "";
    if (keeper.dataset.ready) continue;
    keeper.dataset.ready = "yes";
    keeper.form?.addEventListener("change", ({ target }) => {
      if (target instanceof HTMLInputElement && target.type === "radio" && target.name === group) keeper.value = JSON.stringify(labelOf(target));
    });
    // A restored draft says so with an input event.
    keeper.addEventListener("input", () => restore(keeper, group));
  }
}
