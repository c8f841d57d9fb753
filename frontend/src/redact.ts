// Blurring what must not be public: brush, boxes, proposals. Only coordinates travel; the server blurs.
import { announce, say } from "./words";

type Box = [number, number, number, number];
type Point = [number, number];
interface Stroke { radius: number; points: Point[] }
type Shape = { box: Box } | { stroke: Stroke };
interface Proposal { kind: string; box: Box }
interface Said { boxes?: Box[]; strokes?: Stroke[] }

const STEP = 0.02;
const CELLS = 48;
const KINDS: Record<string, [string, string]> = { face: ["人脸", "face"], plate: ["车牌", "number plate"] };

const round = (value: number): number => Math.round(value * 10_000) / 10_000;
const within = (value: number): number => Math.min(Math.max(value, 0), 1);

function button(words: string, act: () => void, kind = ""): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `btn btn-small ${kind}`;
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

function whereWords([x, y, w, h]: Box): string {
  const column = x + w / 2 < 0.34 ? say("左", "left") : x + w / 2 > 0.66 ? say("右", "right") : say("中", "middle");
  const line = y + h / 2 < 0.34 ? say("上", "top") : y + h / 2 > 0.66 ? say("下", "bottom") : say("中", "centre");
  if (Math.abs(x + w / 2 - 0.5) <= 0.16 && Math.abs(y + h / 2 - 0.5) <= 0.16) return say("正中", "centre");
  return say(`${column}${line}部`, `${line} ${column}`);
}

class Editor {
  private readonly canvas = document.createElement("canvas");
  private readonly picture = new Image();
  private readonly list = document.createElement("ul");
  private readonly mosaic = document.createElement("canvas");
  private shapes: Shape[] = [];
  private proposals: Proposal[] = [];
  private tool: "brush" | "box" = "brush";
  private radius = 0.03;
  private current: Shape | null = null;
  private start: Point = [0, 0];
  private cursor: Point = [0.5, 0.5];
  private showsCursor = false;

  constructor(
    private readonly host: HTMLElement,
    private readonly proposalsUrl: string,
    said: Said,
    private readonly changed: (said: Required<Said>) => void,
  ) {
    this.shapes = [...(said.boxes ?? []).map((box) => ({ box })), ...(said.strokes ?? []).map((stroke) => ({ stroke }))];
    this.build();
    this.picture.addEventListener("load", () => this.begin());
    this.picture.src = host.dataset.src ?? "";
  }

  private build(): void {
    const name = this.host.dataset.name ?? "";
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", say(`遮挡${name}：方向键移动方框，加号减号改变大小，回车遮挡，退格撤销`, `Blur ${name}: arrow keys move the box, plus and minus resize, Enter blurs, Backspace undoes`));
    this.list.className = "redactor-marks";
    this.list.setAttribute("aria-live", "polite");
    this.host.append(this.tools(), this.canvas, this.list);
    this.canvas.addEventListener("pointerdown", (event) => this.down(event));
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, () => this.up());
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("focus", () => ((this.showsCursor = this.canvas.matches(":focus-visible")), this.draw()));
    this.canvas.addEventListener("blur", () => ((this.showsCursor = false), this.draw()));
  }

  private tools(): HTMLElement {
    const bar = document.createElement("div");
    bar.className = "redactor-tools";
    const brush = button(say("画笔", "Brush"), () => choose("brush"));
    const box = button(say("方框", "Box"), () => choose("box"));
    const choose = (tool: "brush" | "box"): void => {
      this.tool = tool;
      brush.setAttribute("aria-pressed", String(tool === "brush"));
      box.setAttribute("aria-pressed", String(tool === "box"));
    };
    choose("brush");
    const width = document.createElement("input");
    Object.assign(width, { type: "range", min: "1", max: "12", value: "3" });
    width.setAttribute("data-nodraft", "");
    width.setAttribute("aria-label", say("画笔粗细", "Brush width"));
    width.addEventListener("input", () => (this.radius = Number(width.value) / 100));
    const undo = button(say("撤销", "Undo"), () => this.undo());
    bar.append(brush, box, width, undo);
    if (this.proposalsUrl) bar.append(button(say("找人脸和车牌", "Find faces and plates"), () => void this.propose(), "btn-primary"));
    return bar;
  }

  private begin(): void {
    this.canvas.width = this.picture.naturalWidth;
    this.canvas.height = this.picture.naturalHeight;
    this.mosaic.width = CELLS;
    this.mosaic.height = Math.max(Math.round((CELLS * this.canvas.height) / this.canvas.width), 1);
    this.mosaic.getContext("2d")?.drawImage(this.picture, 0, 0, this.mosaic.width, this.mosaic.height);
    this.refresh(false);
  }

  private async propose(): Promise<void> {
    try {
      const answer = await fetch(this.proposalsUrl, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = ((await answer.json()) as { proposals: Proposal[] }).proposals;
      this.proposals = found;
      announce(found.length ? say(`找到 ${found.length} 处可能的人脸或车牌，请逐处决定；也请自己再看一遍。`, `${found.length} possible faces or plates; decide about each, and look for yourself.`) : say("没有找到人脸或车牌。机器会漏掉，请自己再看一遍。", "No face or plate found. Machines miss some; look for yourself."));
      this.refresh(false);
    } catch {
      announce(say("没有找成，请稍后再试，或直接用画笔遮挡。", "That did not work; try again, or use the brush."), "warning");
    }
  }

  // -- pointer ------------------------------------------------------------------
  private at(event: PointerEvent): Point {
    const frame = this.canvas.getBoundingClientRect();
    return [round(within((event.clientX - frame.left) / frame.width)), round(within((event.clientY - frame.top) / frame.height))];
  }

  private down(event: PointerEvent): void {
    event.preventDefault();
    const point = this.at(event);
    const hit = this.proposals.find(({ box: [x, y, w, h] }) => point[0] >= x && point[0] <= x + w && point[1] >= y && point[1] <= y + h);
    if (hit) return this.accept(hit);
    this.canvas.setPointerCapture(event.pointerId);
    this.start = point;
    this.current = this.tool === "brush" ? { stroke: { radius: this.radius, points: [point] } } : { box: [...point, 0, 0] };
    this.draw();
  }

  private move(event: PointerEvent): void {
    if (!this.current) return;
    const [x, y] = this.at(event);
    if ("stroke" in this.current) this.current.stroke.points.push([x, y]);
    else this.current.box = [Math.min(x, this.start[0]), Math.min(y, this.start[1]), round(Math.abs(x - this.start[0])), round(Math.abs(y - this.start[1]))];
    this.draw();
  }

  private up(): void {
    const shape = this.current;
    this.current = null;
    if (!shape) return;
    const isTap = "box" in shape && Math.min(shape.box[2], shape.box[3]) < 0.005;
    if (isTap) this.draw();
    else this.add(shape);
  }

  // -- keys ---------------------------------------------------------------------
  private key(event: KeyboardEvent): void {
    const step = event.shiftKey ? STEP / 4 : STEP;
    const moves: Record<string, () => void> = {
      ArrowLeft: () => this.shift(-step, 0),
      ArrowRight: () => this.shift(step, 0),
      ArrowUp: () => this.shift(0, -step),
      ArrowDown: () => this.shift(0, step),
      "+": () => (this.radius = Math.min(this.radius * 1.25, 0.2)),
      "=": () => (this.radius = Math.min(this.radius * 1.25, 0.2)),
      "-": () => (this.radius = Math.max(this.radius / 1.25, 0.01)),
      Enter: () => this.add({ box: this.cursorBox() }),
      " ": () => this.add({ box: this.cursorBox() }),
      Backspace: () => this.undo(),
    };
    const act = event.ctrlKey && event.key === "z" ? () => this.undo() : moves[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    this.showsCursor = true;
    act();
    this.draw();
  }

  private shift(x: number, y: number): void {
    this.cursor = [within(this.cursor[0] + x), within(this.cursor[1] + y)];
  }

  private cursorBox(): Box {
    const high = (this.radius * this.canvas.width) / this.canvas.height;
    const left = within(this.cursor[0] - this.radius), top = within(this.cursor[1] - high);
    return [round(left), round(top), round(Math.min(this.radius * 2, 1 - left)), round(Math.min(high * 2, 1 - top))];
  }

  // -- what is blurred ------------------------------------------------------------
  private add(shape: Shape): void {
    this.shapes.push(shape);
    this.refresh();
  }

  private accept(proposal: Proposal): void {
    this.proposals = this.proposals.filter((other) => other !== proposal);
    this.add({ box: proposal.box.map(round) as Box });
  }

  private ignore(proposal: Proposal): void {
    this.proposals = this.proposals.filter((other) => other !== proposal);
    this.refresh(false);
  }

  private undo(): void {
    this.shapes.pop();
    this.refresh();
  }

  private refresh(isChange = true): void {
    if (isChange) {
      this.changed({
        boxes: this.shapes.flatMap((shape) => ("box" in shape ? [shape.box] : [])),
        strokes: this.shapes.flatMap((shape) => ("stroke" in shape ? [shape.stroke] : [])),
      });
    }
    this.draw();
    const rows = this.proposals.map((proposal) => this.proposalRow(proposal));
    const marks = this.shapes.map((shape, position) => this.markRow(shape, position));
    this.list.replaceChildren(...rows, ...marks);
  }

  private row(words: string, ...acts: HTMLButtonElement[]): HTMLElement {
    const item = document.createElement("li");
    const text = document.createElement("span");
    text.textContent = words;
    item.append(text, ...acts);
    return item;
  }

  private proposalRow(proposal: Proposal): HTMLElement {
    const [chinese, english] = KINDS[proposal.kind] ?? ["", ""];
    const words = say(`建议：${whereWords(proposal.box)}，像是${chinese}`, `Proposal: ${whereWords(proposal.box)}, looks like a ${english}`);
    return this.row(words, button(say("遮挡", "Blur"), () => this.accept(proposal), "btn-primary"), button(say("不用遮", "Leave"), () => this.ignore(proposal)));
  }

  private markRow(shape: Shape, position: number): HTMLElement {
    const box: Box = "box" in shape ? shape.box : [...(shape.stroke.points[0] ?? [0, 0]), 0, 0];
    return this.row(say(`已遮挡 ${position + 1}：${whereWords(box)}`, `Blurred ${position + 1}: ${whereWords(box)}`), button(say("去掉", "Remove"), () => (this.shapes.splice(position, 1), this.refresh())));
  }

  // -- drawing --------------------------------------------------------------------
  private draw(): void {
    const pen = this.canvas.getContext("2d");
    if (!pen || !this.canvas.width) return;
    pen.drawImage(this.picture, 0, 0);
    for (const shape of this.current ? [...this.shapes, this.current] : this.shapes) this.blur(pen, shape);
    pen.lineWidth = Math.max(this.canvas.width / 300, 2);
    pen.setLineDash([pen.lineWidth * 4, pen.lineWidth * 3]);
    for (const { box } of this.proposals) this.frame(pen, box, "#ffb300");
    pen.setLineDash([]);
    if (this.showsCursor) this.frame(pen, this.cursorBox(), "#0b5c60");
  }

  private frame(pen: CanvasRenderingContext2D, [x, y, w, h]: Box, colour: string): void {
    pen.strokeStyle = colour;
    pen.strokeRect(x * this.canvas.width, y * this.canvas.height, w * this.canvas.width, h * this.canvas.height);
  }

  private blur(pen: CanvasRenderingContext2D, shape: Shape): void {
    const { width, height } = this.canvas;
    pen.save();
    pen.beginPath();
    if ("box" in shape) pen.rect(shape.box[0] * width, shape.box[1] * height, shape.box[2] * width, shape.box[3] * height);
    else
      for (const [x, y] of shape.stroke.points) {
        pen.moveTo(x * width + shape.stroke.radius * width, y * height);
        pen.arc(x * width, y * height, shape.stroke.radius * width, 0, 7);
      }
    pen.clip();
    pen.imageSmoothingEnabled = false;
    pen.drawImage(this.mosaic, 0, 0, width, height);
    pen.restore();
  }
}

function redactorsAttach(root: ParentNode): void {
  for (const group of root.querySelectorAll<HTMLElement>("[data-redactors]")) {
    const field = document.getElementById(group.dataset.redactors ?? "") as HTMLInputElement | null;
    if (!field || group.dataset.ready) continue;
    group.dataset.ready = "yes";
    let said: Record<string, Said> = {};
    try {
      said = JSON.parse(field.value || "{}") as Record<string, Said>;
    } catch {
      said = {};
    }
    for (const section of group.querySelectorAll<HTMLElement>("[data-photo]")) sectionAttach(section, said, field);
  }
}

function sectionAttach(section: HTMLElement, said: Record<string, Said>, field: HTMLInputElement): void {
  const key = section.dataset.photo ?? "";
  const host = section.querySelector<HTMLElement>(".redactor-editor");
  const tick = section.querySelector<HTMLInputElement>("input[type=checkbox]");
  if (!host || !tick) return;
  let isBuilt = false;
  const show = (): void => {
    host.hidden = !tick.checked;
    if (!tick.checked || isBuilt) return;
    isBuilt = true;
    new Editor(host, section.dataset.proposals ?? "", said[key] ?? {}, (shapes) => {
      said[key] = shapes;
      field.value = JSON.stringify(said);
    });
  };
  tick.addEventListener("change", show);
  show();
}

document.addEventListener("htmx:load", (event) => redactorsAttach(((event as CustomEvent).detail as { elt: HTMLElement }).elt));
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => redactorsAttach(document));
else redactorsAttach(document);
