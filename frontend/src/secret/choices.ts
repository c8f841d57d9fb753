// A ballot's choices as bytes of one length, and back; what is not exactly a choice of this ballot is invalid.
export interface Question {
  key: string;
  choices: string[];
  most: number;
}

/** For each question of the ballot, in order, the marked choices in the sheet's order; `null`: not a choice. */
export type Marks = (string[] | null)[];

const END = 0x80;

/** Write choices as bytes of `length`: every ballot is as long as any other, whatever was marked. */
export function pack(marks: string[][], length: number): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(marks));
  if (text.length >= length) throw new Error("longer than a ballot");
  const padded = new Uint8Array(length);
  padded.set(text);
  padded[text.length] = END;
  return padded;
}

/** Read choices strictly; `null` where the whole cannot be read. Nothing of a voter's own words gets through. */
export function unpack(padded: Uint8Array, questions: Question[]): Marks | null {
  const end = padded.lastIndexOf(END);
  if (end < 0 || padded.slice(end + 1).some((byte) => byte !== 0)) return null;
  try {
    const said: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(padded.slice(0, end)));
    if (!Array.isArray(said) || said.length !== questions.length) return null;
    return questions.map((question, place) => marksOf(said[place], question));
  } catch {
    return null;
  }
}

function marksOf(said: unknown, question: Question): string[] | null {
  if (!Array.isArray(said) || said.length > question.most) return null;
  const marked = question.choices.filter((choice) => said.includes(choice));
  return marked.length === said.length ? marked : null;
}
