// Voice notes are recorded in the page, short videos are chosen or taken; both can be played and taken out.
import { announce, icon, say } from "./words";

const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus", "audio/webm"];
const ENDINGS: Record<string, string> = { "audio/webm": "weba", "audio/mp4": "m4a", "audio/ogg": "ogg" };

function canRecord(): boolean {
  // Browsers give out the microphone to secure pages only.
  return typeof MediaRecorder === "function" && typeof navigator.mediaDevices?.getUserMedia === "function";
}

function clockWords(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

class RecordingField {
  private files: File[] = [];
  private readonly kind: string;
  private readonly seconds: number;
  private readonly most: number;
  private recorder: MediaRecorder | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly input: HTMLInputElement,
    private readonly list: HTMLElement,
  ) {
    this.kind = root.dataset.recording ?? "voice";
    this.seconds = Number(root.dataset.seconds) || 60;
    this.most = Number(root.dataset.megabytes) || 50;
    input.multiple = true;
    input.addEventListener("change", () => this.add([...(input.files ?? [])]));
    (input.form ?? root).addEventListener("reset", () => ((this.files = []), this.draw()));
    const button = root.querySelector<HTMLButtonElement>(".record");
    if (button && canRecord()) this.offer(button);
  }

  /** The microphone in place of the chooser, which stays for whoever says no to the microphone. */
  private offer(button: HTMLButtonElement): void {
    button.hidden = false;
    this.root.classList.add("records");
    button.addEventListener("click", () => (this.recorder ? this.recorder.stop() : void this.record(button)));
    // Whoever sends while still speaking sends what was said so far.
    this.input.form?.addEventListener("submit", (event) => this.holdBack(event), true);
  }

  private holdBack(event: Event): void {
    if (!this.recorder) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const form = this.input.form;
    const by = (event as SubmitEvent).submitter;
    this.recorder.addEventListener("stop", () => setTimeout(() => form?.requestSubmit(by as HTMLElement | null)));
    this.recorder.stop();
  }

  private async record(button: HTMLButtonElement): Promise<void> {
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      this.root.classList.remove("records");
      button.hidden = true;
      announce(say("没有用上麦克风：请在浏览器设置里允许，或选一段已有的录音。", "The microphone is not available: allow it in the browser, or choose a recording."), "warning");
      this.input.focus();
      return;
    }
    const type = TYPES.find((one) => MediaRecorder.isTypeSupported(one));
    const recorder = new MediaRecorder(stream, type ? { mimeType: type, audioBitsPerSecond: 32_000 } : undefined);
    const parts: Blob[] = [];
    const words = button.querySelector("span");
    const before = words?.textContent ?? "";
    const began = Date.now();
    const tick = (): void => {
      const passed = Math.floor((Date.now() - began) / 1000);
      if (words) words.textContent = say(`正在录音 ${clockWords(passed)}，再按一下停止`, `Recording ${clockWords(passed)}, press to stop`);
      if (passed >= this.seconds) recorder.stop();
    };
    const timer = window.setInterval(tick, 500);
    recorder.addEventListener("dataavailable", (event) => event.data.size && parts.push(event.data));
    recorder.addEventListener("stop", () => {
      window.clearInterval(timer);
      for (const track of stream.getTracks()) track.stop();
      this.recorder = null;
      button.classList.remove("is-on");
      if (words) words.textContent = before;
      const plain = (recorder.mimeType || type || "audio/webm").split(";")[0] ?? "audio/webm";
      this.add([new File(parts, `voice-${this.files.length + 1}.${ENDINGS[plain] ?? "weba"}`, { type: plain })]);
    });
    this.recorder = recorder;
    button.classList.add("is-on");
    recorder.start();
    tick();
  }

  private add(fresh: File[]): void {
    const fitting = fresh.filter((file) => file.size <= this.most * 1024 * 1024);
    if (fitting.length < fresh.length) {
      announce(say(`录音或视频不能超过 ${this.most} MB，太大的没有添加；其他内容都还在。`, `A recording may have at most ${this.most} MB; larger ones were left out. Everything else is kept.`), "warning");
    }
    this.files.push(...fitting.filter((file) => file.size > 0));
    this.draw();
  }

  private draw(): void {
    const transfer = new DataTransfer();
    for (const file of this.files) transfer.items.add(file);
    this.input.files = transfer.files;
    for (const player of this.list.querySelectorAll<HTMLMediaElement>("audio, video")) URL.revokeObjectURL(player.src);
    this.root.classList.toggle("is-full", this.files.length > 0);
    this.list.replaceChildren(...this.files.map((file, position) => this.row(file, position)));
  }

  private row(file: File, position: number): HTMLElement {
    const item = document.createElement("li");
    const player = document.createElement(this.kind === "video" ? "video" : "audio");
    player.controls = true;
    player.src = URL.createObjectURL(file);
    player.setAttribute("aria-label", this.kind === "video" ? say(`第 ${position + 1} 段视频`, `Video ${position + 1}`) : say(`第 ${position + 1} 段录音`, `Voice note ${position + 1}`));
    player.addEventListener("loadedmetadata", () => this.lengthChecked(player.duration));
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "btn btn-small btn-quiet";
    remove.append(icon("x"), say("去掉", "Remove"));
    remove.setAttribute("aria-label", say(`去掉第 ${position + 1} 段`, `Remove ${position + 1}`));
    remove.addEventListener("click", () => {
      this.files.splice(position, 1);
      this.draw();
      this.input.focus();
    });
    item.append(player, remove);
    return item;
  }

  private lengthChecked(duration: number): void {
    if (!Number.isFinite(duration) || duration <= this.seconds + 1) return;
    announce(say(`这一段超过了 ${this.seconds} 秒，发送后会收不下。请去掉，重新录短一些。`, `This one is longer than ${this.seconds} seconds and will be refused. Remove it and record a shorter one.`), "warning", true);
  }
}

export function recordingsAttach(root: ParentNode): void {
  for (const field of root.querySelectorAll<HTMLElement>("[data-recording]")) {
    const input = field.querySelector<HTMLInputElement>("input[type=file]");
    const list = field.querySelector<HTMLElement>(".recordings");
    if (!input || !list || field.dataset.ready) continue;
    field.dataset.ready = "yes";
    new RecordingField(field, input, list);
  }
}
