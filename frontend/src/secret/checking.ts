// Two small proofs in the browser: a trustee's share is the right one; a voter's receipt is among those counted.
import { say } from "../words";
import { json, part, shareOf, tell, type Holder } from "./page";

/** A trustee proves that their share can be read; what it says stays here, the form sends that it was proved. */
export function keepingAttach(root: HTMLElement): void {
  const holders = json<Holder[]>("secret-holders");
  const said = part(root, "said");
  part(root, "check").addEventListener("click", () => {
    void shareOf(root, holders).then((found) => {
      const isRight = typeof found !== "string" && String(found.holder.seat) === root.dataset.seat;
      const words = typeof found === "string" ? found : isRight ? say("份额正确，可以登记。", "The share is right.") : say("这是另一位保管人的份额，请换成您自己的。", "This is another trustee's share.");
      tell(said, words, isRight ? "success" : "error");
      part(root, "confirm").hidden = !isRight;
    });
  });
}

/** Look a receipt up in the published list, which is on the page: nobody is told which one was asked for. */
export function receiptAttach(root: HTMLElement): void {
  const known = new Set(json<string[]>("secret-receipts"));
  const field = part<HTMLInputElement>(root, "typed");
  const said = part(root, "said");
  part(root, "look").addEventListener("click", () => {
    const asked = field.value.toLowerCase().replace(/[^0-9a-f]/g, "");
    if (asked.length !== 64) return tell(said, say("收据号是64位数字和字母，请核对有没有漏掉。", "A receipt has 64 letters and digits."), "error");
    if (known.has(asked)) return tell(said, say("找到了：您的选票在截止时封存的选票里。", "Found: your ballot is among those sealed at the close."), "success");
    tell(said, say("没有找到。如果之后又投过一次，只算最后一次，请用最后的收据号；否则请在异议期内向组织单位提出。", "Not found. If you voted again later, only the last counts; otherwise object in time."), "warning");
  });
}
