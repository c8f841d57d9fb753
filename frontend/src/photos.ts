// Photos are made smaller before they travel, shown at once, and can be pasted or taken out again.
import { announce, say } from "./words";

const LONGEST = 1920;
const QUALITY = 0.85;
const MOST_BYTES = 20 * 1024 * 1024;

async function smaller(file: File): Promise<File> {
  // What only Apple's browsers can show is made a JPEG by them, whatever its size.
  const isForeign = /^image\/hei[cf]/.test(file.type);
  if (!file.type.startsWith("image/") || (file.size < 400_000 && !isForeign) || typeof createImageBitmap !== "function") return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    if (!blob || (blob.size >= file.size && !isForeign)) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    // A format that this browser cannot read goes as it is; the server judges it.
    return file;
  }
}

class PhotoField {
  private files: File[] = [];
  private readonly input: HTMLInputElement;
  private readonly list: HTMLElement;
  private readonly most: number;

  constructor(root: HTMLElement, input: HTMLInputElement, list: HTMLElement) {
    this.input = input;
    this.list = list;
    this.most = Number(root.dataset.photos) || 9;
    input.addEventListener("change", () => void this.add([...(input.files ?? [])]));
    const form = input.form ?? root;
    form.addEventListener("paste", (event) => {
      const pasted = [...((event as ClipboardEvent).clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
      if (pasted.length) void this.add(pasted);
    });
    form.addEventListener("reset", () => ((this.files = []), this.draw()));
  }

  private async add(fresh: File[]): Promise<void> {
    const room = this.most - this.files.length;
    if (fresh.length > room) announce(say(`最多放 ${this.most} 张照片，多出的没有添加。`, `At most ${this.most} photos; the rest were left out.`), "warning");
    const ready = await Promise.all(fresh.slice(0, Math.max(room, 0)).map(smaller));
    const fitting = ready.filter((file) => file.size <= MOST_BYTES);
    if (fitting.length < ready.length) announce(say("单张照片不能超过 20 MB，太大的没有添加；其他内容都还在。", "A photo may have at most 20 MB; larger ones were left out. Everything else is kept."), "warning");
    this.files.push(...fitting);
    this.draw();
  }

  private draw(): void {
    const transfer = new DataTransfer();
    for (const file of this.files) transfer.items.add(file);
    this.input.files = transfer.files;
    this.list.replaceChildren(...this.files.map((file, position) => this.tile(file, position)));
  }

  private tile(file: File, position: number): HTMLElement {
    const item = document.createElement("li");
    const picture = document.createElement("img");
    picture.alt = say(`第 ${position + 1} 张照片`, `Photo ${position + 1}`);
    picture.src = URL.createObjectURL(file);
    picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "×";
    remove.setAttribute("aria-label", say(`去掉第 ${position + 1} 张照片`, `Remove photo ${position + 1}`));
    remove.addEventListener("click", () => {
      this.files.splice(position, 1);
      this.draw();
      this.input.focus();
    });
    item.append(picture, remove);
    return item;
  }
}

export function photosAttach(root: ParentNode): void {
  for (const field of root.querySelectorAll<HTMLElement>("[data-photos]")) {
    const input = field.querySelector<HTMLInputElement>("input[type=file]");
    const list = field.querySelector<HTMLElement>(".photos");
    if (!input || !list || field.dataset.ready) continue;
    field.dataset.ready = "yes";
    new PhotoField(field, input, list);
  }
}
