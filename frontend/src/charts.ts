// A chart is a picture of the table under it: first column the names, every further column a series.
import { BarChart, LineChart, PieChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import type { EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, LineChart, PieChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

// Told apart by the colour-blind (lightness differs as well as hue); red is kept for what is late.
const LIGHT = ["#0b5c60", "#d08a2e", "#6a6fb5", "#7fb5ad", "#8c5a3c", "#a9a39a", "#3b4a8f", "#c9b458", "#5f7f4f", "#b9799b"];
const DARK = ["#63c4c0", "#e6aa5c", "#a3a7e6", "#2f7f7b", "#c98f6d", "#8d867c", "#8fa0f0", "#e0d08a", "#9cc088", "#dba3c0"];

interface Sheet {
  names: string[];
  series: { name: string; values: (number | null)[]; late: boolean }[];
}

function cellNumber(cell: Element | undefined): number | null {
  const text = (cell as HTMLElement | undefined)?.dataset.value ?? cell?.textContent ?? "";
  const value = Number.parseFloat(text.replace(/[,\s%]/g, ""));
  return Number.isFinite(value) ? value : null;
}

function sheetOf(table: HTMLTableElement): Sheet {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  const rows = [...(table.tBodies[0]?.rows ?? [])].filter((row) => !("nochart" in row.dataset));
  const columns = heads.map((head, position) => ({ head, position })).slice(1).filter(({ head }) => !("nochart" in head.dataset));
  return {
    names: rows.map((row) => row.cells[0]?.textContent?.trim() ?? ""),
    series: columns.map(({ head, position }) => ({
      name: head.textContent?.trim() ?? "",
      values: rows.map((row) => cellNumber(row.cells[position])),
      late: "late" in head.dataset,
    })),
  };
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function options(kind: string, sheet: Sheet, dark: boolean): EChartsCoreOption {
  const text = { color: colour("--text-2"), fontFamily: getComputedStyle(document.body).fontFamily };
  const palette = dark ? DARK : LIGHT;
  const common = {
    color: palette,
    textStyle: text,
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    aria: { enabled: false },
    tooltip: { trigger: kind === "pie" ? "item" : "axis", confine: true, backgroundColor: colour("--surface"), borderColor: colour("--line"), textStyle: { color: colour("--text") } },
    legend: { show: kind === "pie" || sheet.series.length > 1, bottom: 0, textStyle: text, itemWidth: 12, itemHeight: 12 },
  };
  if (kind === "pie") {
    const values = sheet.series[0]?.values ?? [];
    const data = sheet.names.map((name, position) => ({ name, value: values[position] ?? 0 }));
    return { ...common, series: [{ type: "pie", radius: ["48%", "72%"], center: ["50%", "44%"], data, label: { color: colour("--text") }, itemStyle: { borderColor: colour("--surface"), borderWidth: 2 } }] };
  }
  const across = kind === "bar-across";
  const names = { type: "category", data: sheet.names, inverse: across, axisLine: { lineStyle: { color: colour("--line") } }, axisTick: { show: false }, axisLabel: text };
  const values = { type: "value", splitLine: { lineStyle: { color: colour("--line") } }, axisLabel: text };
  const series = sheet.series.map((each) => ({
    name: each.name,
    type: kind === "line" ? "line" : "bar",
    data: each.values,
    barMaxWidth: 28,
    smooth: false,
    symbolSize: 6,
    stack: kind === "bar-stacked" ? "all" : undefined,
    itemStyle: each.late ? { color: colour("--red") } : undefined,
    lineStyle: each.late ? { color: colour("--red") } : undefined,
  }));
  return { ...common, grid: { left: 8, right: 16, top: 16, bottom: sheet.series.length > 1 ? 36 : 8, containLabel: true }, xAxis: across ? values : names, yAxis: across ? names : values, series };
}

function draw(place: HTMLElement): void {
  const table = document.getElementById(place.dataset.table ?? "")?.querySelector("table");
  if (!table) return;
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const chart = init(place, undefined, { renderer: "svg" });
  const paint = (): void => chart.setOption(options(place.dataset.chart ?? "bar", sheetOf(table), scheme.matches), true);
  paint();
  scheme.addEventListener("change", paint);
  new ResizeObserver(() => chart.resize()).observe(place);
}

/** Draw an SVG of so many pixels on a white sheet, twice as fine, and hand it over as a PNG. */
async function asPng(svg: string, width: number, height: number): Promise<Blob | null> {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await picture.decode();
  const sheet = document.createElement("canvas");
  sheet.width = width * 2;
  sheet.height = height * 2;
  const pen = sheet.getContext("2d");
  if (!pen) return null;
  pen.fillStyle = colour("--surface");
  pen.fillRect(0, 0, sheet.width, sheet.height);
  pen.drawImage(picture, 0, 0, sheet.width, sheet.height);
  return new Promise((done) => sheet.toBlob(done, "image/png"));
}

function drawn(card: Element): Promise<Blob | null> {
  const canvas = card.querySelector<HTMLCanvasElement>("[data-map] canvas");
  if (canvas) return new Promise((done) => canvas.toBlob(done, "image/png"));
  const svg = card.querySelector<SVGSVGElement>("[data-chart] svg");
  if (!svg) return Promise.resolve(null);
  const { width, height } = svg.getBoundingClientRect();
  return asPng(new XMLSerializer().serializeToString(svg), width, height);
}

async function keep(button: HTMLElement): Promise<void> {
  const card = button.closest(".card");
  const blob = card && (await drawn(card));
  if (!blob) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${document.title} ${card.querySelector("h2")?.textContent ?? ""}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

for (const place of document.querySelectorAll<HTMLElement>("[data-chart]")) draw(place);
for (const button of document.querySelectorAll<HTMLElement>("[data-picture]")) button.addEventListener("click", () => void keep(button));
