// While a report is typed, words of danger show the emergency numbers at once, also without a connection.
interface Vocabulary {
  words: string[];
  except: string[];
}

function vocabulary(): Vocabulary {
  const source = document.getElementById("emergency-words")?.textContent;
  return source ? (JSON.parse(source) as Vocabulary) : { words: [], except: [] };
}

/** Whether a text speaks of danger; the server judges again, with the same words. */
export function isEmergency(text: string, { words, except }: Vocabulary): boolean {
  const plain = except.reduce((rest, phrase) => rest.split(phrase).join("　"), text.normalize("NFKC").toLowerCase().replace(/\s+/g, ""));
  return words.some((word) => plain.includes(word));
}

export function emergencyAttach(root: ParentNode): void {
  for (const field of root.querySelectorAll<HTMLTextAreaElement>("textarea[data-emergency]")) {
    const box = document.getElementById(field.dataset.emergency ?? "");
    if (!box || field.dataset.watched) continue;
    field.dataset.watched = "yes";
    const known = vocabulary();
    const look = (): void => {
      box.hidden = !isEmergency(field.value, known);
    };
    field.addEventListener("input", look);
    look();
  }
}
