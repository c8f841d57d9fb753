// Secret ballots: loaded only where one is voted in, where trustees make and use the key, where a receipt is checked.
import { ceremonyAttach } from "./secret/ceremony";
import { keepingAttach, receiptAttach } from "./secret/checking";
import { countingAttach } from "./secret/counting";
import { voterAttach } from "./secret/voter";

const PARTS: Record<string, (root: HTMLElement) => void> = {
  vote: voterAttach,
  ceremony: ceremonyAttach,
  count: countingAttach,
  keep: keepingAttach,
  receipt: receiptAttach,
};

for (const root of document.querySelectorAll<HTMLElement>("[data-secret]")) PARTS[root.dataset.secret ?? ""]?.(root);
