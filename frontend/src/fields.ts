// Small help beside a field: letters left, the device's position.
import { say } from "./words";

function countAttach(field: HTMLTextAreaElement | HTMLInputElement): void {
  const most = Number(field.dataset.max ?? field.getAttribute("maxlength"));
  if (!most || field.dataset.ready) return;
  field.dataset.ready = "yes";
  // The browser counts UTF-16 units and would cut an emoji in half; the server counts letters.
  field.removeAttribute("maxlength");
  const line = document.createElement("span");
  line.className = "count-line";
  field.after(line);
  const draw = (): void => {
    const used = [...field.value].length;
    line.classList.toggle("over", used > most);
    line.textContent = used > most ? say(`多了 ${used - most} 字，请删减`, `${used - most} letters too many`) : `${used} / ${most}`;
  };
  field.addEventListener("input", draw);
  draw();
}

const TROUBLES: Record<number, [string, string]> = {
  1: ["没有得到定位许可，请在地图上点选，或填写地址。", "No permission to use the position. Tap the map or write the address."],
  2: ["暂时定位不到，请在地图上点选，或填写地址。", "The position could not be found. Tap the map or write the address."],
  3: ["定位超时，请在地图上点选，或填写地址。", "Finding the position took too long. Tap the map or write the address."],
};

function put(form: HTMLFormElement, name: string | undefined, value: string, askedAt: number): void {
  const field = name ? form.elements.namedItem(name) : null;
  if (field instanceof HTMLInputElement) {
    field.value = value;
    field.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: { askedAt } }));
  }
}

function locate(button: HTMLButtonElement): void {
  const form = button.form;
  const status = form?.querySelector<HTMLElement>("[data-locate-status]");
  if (!form) return;
  const tell = (text: string): void => void (status && (status.textContent = text));
  const askedAt = performance.now();
  if (!navigator.geolocation) return tell(say(...(TROUBLES[2] as [string, string])));
  tell(say("正在定位……", "Finding the position…"));
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      // Browsers report WGS-84, which is what Linli stores.
      put(form, button.dataset.latField, coords.latitude.toFixed(6), askedAt);
      put(form, button.dataset.lngField, coords.longitude.toFixed(6), askedAt);
      put(form, button.dataset.accuracyField, String(Math.round(coords.accuracy)), askedAt);
      tell(say(`已定位，误差约 ${Math.round(coords.accuracy)} 米。`, `Found, within about ${Math.round(coords.accuracy)} m.`));
      form.dispatchEvent(new CustomEvent("linli:position", { detail: { lat: coords.latitude, lng: coords.longitude } }));
    },
    (trouble) => tell(say(...((TROUBLES[trouble.code] ?? TROUBLES[2]) as [string, string]))),
    { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
  );
}

function filtersAttach(form: HTMLFormElement): void {
  const controls = [...form.elements].filter((each): each is HTMLInputElement | HTMLSelectElement => each instanceof HTMLInputElement || each instanceof HTMLSelectElement);
  const used = controls.some((each) => each.type !== "hidden" && (each instanceof HTMLSelectElement ? each.selectedIndex > 0 : each.type === "checkbox" || each.type === "radio" ? each.checked : each.value !== ""));
  form.classList.toggle("is-open", used);
  form.querySelector(".filters-open")?.addEventListener("click", () => {
    form.classList.add("is-open");
    controls.find((each) => each.type !== "hidden")?.focus();
  });
}

// In a field that finds choices, Enter and the arrow down lead to them; the form is not sent.
function findAttach(field: HTMLInputElement): void {
  if (field.dataset.ready) return;
  field.dataset.ready = "yes";
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || !["Enter", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    document.getElementById(field.dataset.leadsTo ?? "")?.querySelector<HTMLInputElement>("input")?.focus();
  });
}

export function fieldsAttach(root: ParentNode): void {
  for (const field of root.querySelectorAll<HTMLTextAreaElement | HTMLInputElement>("[data-count]")) countAttach(field);
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-locate]")) {
    if (button.dataset.ready) continue;
    button.dataset.ready = "yes";
    button.addEventListener("click", () => locate(button));
  }
  for (const form of root.querySelectorAll<HTMLFormElement>("form.filters")) filtersAttach(form);
  for (const field of root.querySelectorAll<HTMLInputElement>("input[data-leads-to]")) findAttach(field);
  for (const box of root.querySelectorAll<HTMLInputElement>("[data-check-all]")) {
    box.addEventListener("change", () => {
      for (const each of document.querySelectorAll<HTMLInputElement>(`input[name="${box.dataset.checkAll}"]`)) each.checked = box.checked;
    });
  }
}
