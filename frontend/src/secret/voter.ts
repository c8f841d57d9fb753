// The voter's page: the choice is sealed here, and only the sealed one leaves. No field of it is part of a form.
import { say } from "../words";
import { pack } from "./choices";
import { button, element, part, Refused, send, tell } from "./page";
import { base64, receiptOf, seal, unhex } from "./sealing";

const GROUP = /.{8}(?=.)/g;

interface Kept {
  is_replaced: boolean;
}

function marksOf(root: HTMLElement): string[][] {
  return [...root.querySelectorAll<HTMLElement>("[data-question]")].map((question) =>
    [...question.querySelectorAll<HTMLInputElement>("input:checked")].map((input) => input.value).filter(Boolean),
  );
}

/** Say beside each question what is wrong with it; true where nothing is. */
function isWhole(root: HTMLElement, marks: string[][]): boolean {
  let first: HTMLElement | null = null;
  for (const [place, question] of [...root.querySelectorAll<HTMLElement>("[data-question]")].entries()) {
    const most = Number(question.dataset.most), marked = marks[place]!.length;
    const isAnswered = question.querySelector("input:checked") !== null;
    const words = marked > most
      ? say(`最多选 ${most} 个，现在选了 ${marked} 个，请去掉 ${marked - most} 个。`, `Choose at most ${most}; ${marked} are chosen.`)
      : isAnswered ? "" : say("请选择；都不选请选“弃权”。", "Please choose, or choose to abstain.");
    tell(part(question, "fault"), words, "error");
    if (words && !first) first = question;
  }
  first?.scrollIntoView({ block: "center" });
  return first === null;
}

/** Abstaining and choosing exclude each other. */
function abstainAttach(question: HTMLElement): void {
  question.addEventListener("change", (event) => {
    const changed = event.target as HTMLInputElement;
    if (changed.type !== "checkbox" || !changed.checked) return;
    for (const other of question.querySelectorAll<HTMLInputElement>("input:checked")) {
      if (other !== changed && (!other.value || !changed.value)) other.checked = false;
    }
  });
}

/** Show the receipt once; it stands nowhere else. */
function receiptShow(root: HTMLElement, receipt: string, isReplaced: boolean): void {
  const box = part(root, "receipt");
  const code = element("p", receipt.replace(GROUP, "$& "), "number strong receipt-code");
  code.dataset.receiptCode = receipt;
  const copied = element("span", "", "small muted");
  copied.setAttribute("role", "status");
  const copy = button(say("复制", "Copy"), () => {
    const isCopied = navigator.clipboard?.writeText(receipt); // there only where the connection is encrypted
    void isCopied?.then(() => (copied.textContent = say("已复制", "Copied")));
  });
  const row = element("div", "", "cluster mt-2");
  row.append(copy, button(say("打印", "Print"), () => window.print()), copied);
  part(root, "replaced").hidden = !isReplaced;
  part(root, "code").replaceChildren(code, row);
  part(root, "sheet").hidden = true;
  box.hidden = false;
  box.focus();
}

async function cast(root: HTMLElement, press: HTMLButtonElement): Promise<void> {
  const marks = marksOf(root);
  if (!isWhole(root, marks)) return;
  const said = part(root, "said");
  press.setAttribute("aria-busy", "true");
  press.disabled = true;
  try {
    const sealed = seal(pack(marks, Number(root.dataset.length)), unhex(root.dataset.key ?? ""));
    const kept = await send<Kept>(root.dataset.url ?? "", { elector: root.dataset.elector, sealed: base64(sealed) }, (words) => tell(said, words, "warning"));
    for (const input of root.querySelectorAll<HTMLInputElement>("input:checked")) input.checked = false;
    tell(said, "");
    receiptShow(root, receiptOf(sealed), kept.is_replaced);
  } catch (error) {
    const words = error instanceof Refused ? error.message : say("这台设备没能加密，选票没有送出。请换一个浏览器，或到居委会领纸质票。", "This device could not encrypt; nothing was sent. Use another browser, or ask for a paper ballot.");
    tell(said, words, "error");
  } finally {
    press.removeAttribute("aria-busy");
    press.disabled = false;
  }
}

export function voterAttach(root: HTMLElement): void {
  for (const question of root.querySelectorAll<HTMLElement>("[data-question]")) abstainAttach(question);
  const press = part<HTMLButtonElement>(root, "cast");
  press.addEventListener("click", () => void cast(root, press));
}
