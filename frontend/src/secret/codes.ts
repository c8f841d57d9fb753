// A share as people keep it: groups of letters and digits on paper, the same code in a file, with a check.
import { sha256 } from "@noble/hashes/sha2.js";
import { SHARE, type Bytes } from "./sealing";

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's: no I, L, O, U
const CHECK = 4;
const GROUP = 4;
const ALIKE: Record<string, string> = { I: "1", L: "1", O: "0", U: "V" };

export const FORMAT = "linli-share/1";

export interface ShareFile {
  format: string;
  ballot: string;
  number: string;
  title: string;
  seat: number;
  holder: string;
  code: string;
}

function letters(bytes: Uint8Array): string {
  let text = "", bits = 0, held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += LETTERS[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits ? text + LETTERS[(held << (5 - bits)) & 31] : text;
}

function bytesOf(text: string): Bytes {
  const found: number[] = [];
  let bits = 0, held = 0;
  for (const letter of text) {
    held = (held << 5) | LETTERS.indexOf(letter);
    bits += 5;
    if (bits >= 8) {
      found.push((held >> (bits - 8)) & 255);
      bits -= 8;
    }
    held &= (1 << bits) - 1;
  }
  return Uint8Array.from(found);
}

const checkOf = (share: Uint8Array): Uint8Array => sha256(share).slice(0, CHECK);

/** Write a share as groups of four; the last of them prove that nothing was misread. */
export function codeOf(share: Uint8Array): string {
  const whole = new Uint8Array(SHARE + CHECK);
  whole.set(share);
  whole.set(checkOf(share), SHARE);
  return letters(whole).replace(new RegExp(`.{${GROUP}}(?=.)`, "g"), "$&-");
}

/** Read a share from what was typed or from its file; `null` where it is no share, or misread. */
export function shareRead(text: string): Bytes | null {
  const typed = codeIn(text).toUpperCase().replace(/[\s-]/g, "").replace(/[ILOU]/g, (letter) => ALIKE[letter] ?? letter);
  if (!typed || [...typed].some((letter) => !LETTERS.includes(letter))) return null;
  const whole = bytesOf(typed);
  if (whole.length !== SHARE + CHECK) return null;
  const share = whole.slice(0, SHARE);
  return checkOf(share).every((byte, place) => byte === whole[SHARE + place]) ? share : null;
}

function codeIn(text: string): string {
  try {
    const file = JSON.parse(text) as Partial<ShareFile>;
    return file.format === FORMAT ? String(file.code) : "";
  } catch {
    return text;
  }
}
