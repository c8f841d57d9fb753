// Opening a ballot on the trustees' machine: open, shuffle, count; no order and no sender leaves this file.
import { unpack, type Marks, type Question } from "./choices";
import { open, receiptOf, unbase64, type Bytes } from "./sealing";

export interface Group {
  key: string;
  label: string;
  sealed: string[]; // base64, sorted by receipt
}

/** Per question: a combination of choices as JSON (`["a","b"]`, `[]` for none marked, `null` for invalid) → how many. */
export type Combinations = Record<string, number>;

export interface Counted {
  key: string;
  ballots: number;
  questions: Combinations[];
  unopened: string[]; // receipts of what could not be opened or read, sorted
}

export const INVALID = "null";
const SLICE = 100;

/** Shuffle in place with the machine's own randomness (Fisher and Yates, without bias). */
export function shuffle<T>(rows: T[]): T[] {
  for (let last = rows.length - 1; last > 0; last -= 1) {
    const other = below(last + 1);
    [rows[last], rows[other]] = [rows[other]!, rows[last]!];
  }
  return rows;
}

function below(limit: number): number {
  const most = Math.floor(2 ** 32 / limit) * limit;
  const drawn = new Uint32Array(1);
  do crypto.getRandomValues(drawn);
  while (drawn[0]! >= most);
  return drawn[0]! % limit;
}

/** Open one group; `progress` is told how many are done. The answer holds counts in the order of the words alone. */
export async function openGroup(group: Group, questions: Question[], publicKey: Bytes, secret: Bytes, progress: (done: number) => void = () => undefined): Promise<Counted> {
  const unopened: string[] = [];
  const read: Marks[] = [];
  for (const [place, text] of shuffle([...group.sealed]).entries()) {
    const sealed = unbase64(text);
    const padded = open(sealed, publicKey, secret);
    const marks = padded && unpack(padded, questions);
    if (!marks) unopened.push(receiptOf(sealed));
    read.push(marks ?? questions.map(() => null));
    if (place % SLICE === SLICE - 1) {
      progress(place + 1);
      await new Promise((resolve) => setTimeout(resolve)); // the page stays alive
    }
  }
  progress(group.sealed.length);
  const counted = questions.map((_, place) => countOf(shuffle(read.map((marks) => JSON.stringify(marks[place])))));
  return { key: group.key, ballots: group.sealed.length, questions: counted, unopened: unopened.sort() };
}

function countOf(combinations: string[]): Combinations {
  const counts = new Map<string, number>();
  for (const combination of combinations) counts.set(combination, (counts.get(combination) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
}
