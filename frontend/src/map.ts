// Maps drawn from our own GeoJSON, without tiles; a position can be picked where a form asks for one.
import * as maplibre from "maplibre-gl";
import type { ExpressionSpecification, GeoJSONSource, LngLatBoundsLike, StyleSpecification } from "maplibre-gl";
import { say } from "./words";

type Position = [number, number];
interface Feature {
  properties: Record<string, unknown> | null;
  geometry: { type: string; coordinates: unknown } | null;
}
interface Collection {
  type: "FeatureCollection";
  features: Feature[];
}

const built = document.body.dataset.static ?? "/static/build/";
maplibre.setWorkerUrl(new URL(`${built}map-worker.js`, document.baseURI).href);

const sheet = document.createElement("link");
sheet.rel = "stylesheet";
sheet.href = `${built}map.css`;
document.head.append(sheet);

const dark = matchMedia("(prefers-color-scheme: dark)");
// Five steps of one hue, light to dark, told apart by the colour-blind and in grey print.
const SCALE = { light: ["#e3efee", "#b2d3d0", "#7bb1ae", "#3f8587", "#0b5c60"], dark: ["#1c3f41", "#2a6163", "#3f8a89", "#63b5b1", "#a5e0dc"] };
const NO_DATA = { light: "#dedad3", dark: "#3f3c37" };
const theme = (): "light" | "dark" => (dark.matches ? "dark" : "light");

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Return the limits between classes so that each holds about as many areas. */
function limitsOf(values: number[], classes: number): number[] {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  if (sorted.length <= classes) return sorted.slice(1);
  const limits = Array.from({ length: classes - 1 }, (_, step) => sorted[Math.floor(((step + 1) * sorted.length) / classes)] ?? 0);
  return [...new Set(limits)];
}

function fillFor(property: string, limits: number[]): ExpressionSpecification | string {
  if (!property) return colour("--surface-2");
  const scale = SCALE[theme()];
  const steps = limits.flatMap((limit, position) => [limit, scale[position + 1] ?? "#000"]);
  const known = limits.length ? ["step", ["to-number", ["get", property]], scale[0], ...steps] : scale[2];
  return ["case", ["==", ["typeof", ["get", property]], "number"], known, NO_DATA[theme()]] as ExpressionSpecification;
}

function styleOf(property: string, limits: number[]): StyleSpecification {
  const here: ExpressionSpecification = ["boolean", ["feature-state", "here"], false];
  const isPoint: ExpressionSpecification = ["==", ["geometry-type"], "Point"];
  return {
    version: 8,
    sources: { areas: { type: "geojson", data: { type: "FeatureCollection", features: [] }, generateId: true } },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": colour("--ground") } },
      { id: "fill", type: "fill", source: "areas", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": fillFor(property, limits), "fill-opacity": ["case", here, 0.8, 1] } },
      { id: "edge", type: "line", source: "areas", filter: ["==", ["geometry-type"], "Polygon"], paint: { "line-color": colour(property ? "--surface" : "--line-strong"), "line-width": ["case", here, 2.5, 1] } },
      { id: "points", type: "circle", source: "areas", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 6, "circle-color": colour("--teal-fill"), "circle-stroke-color": colour("--surface"), "circle-stroke-width": 2 } },
      {
        id: "names",
        type: "symbol",
        source: "areas",
        filter: ["has", "name"],
        layout: { "text-field": ["get", "name"], "text-size": 13, "text-padding": 6, "text-anchor": ["case", isPoint, "top", "center"], "text-offset": ["case", isPoint, ["literal", [0, 0.7]], ["literal", [0, 0]]], "text-max-width": 8 },
        paint: { "text-color": colour("--text"), "text-halo-color": colour("--surface"), "text-halo-width": 1.5 },
      },
    ],
  };
}

function* positionsIn(coordinates: unknown): Generator<Position> {
  if (!Array.isArray(coordinates)) return;
  if (typeof coordinates[0] === "number") yield [coordinates[0], coordinates[1] as number];
  else for (const inner of coordinates) yield* positionsIn(inner);
}

function boundsOf(collection: Collection): LngLatBoundsLike | null {
  const bounds = new maplibre.LngLatBounds();
  for (const feature of collection.features) for (const position of positionsIn(feature.geometry?.coordinates)) bounds.extend(position);
  return bounds.isEmpty() ? null : bounds;
}

function legend(place: HTMLElement, limits: number[], values: number[], unit: string): void {
  const box = document.createElement("div");
  box.className = "map-legend";
  const list = document.createElement("ul");
  const edges = [Math.min(...values), ...limits];
  const lines = edges.map((from, position) => {
    const inside = values.filter((value) => value >= from && value < (limits[position] ?? Infinity));
    const [first, last] = [Math.min(...inside), Math.max(...inside)];
    return [SCALE[theme()][limits.length ? position : 2] ?? "", first === last ? `${first}${unit}` : `${first}–${last}${unit}`];
  });
  for (const [fill, words] of [...lines, [NO_DATA[theme()], say("无数据", "no data")]]) {
    const item = document.createElement("li");
    const swatch = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const square = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    swatch.setAttribute("viewBox", "0 0 14 14");
    square.setAttribute("width", "14");
    square.setAttribute("height", "14");
    square.setAttribute("rx", "3");
    square.setAttribute("fill", fill ?? "");
    swatch.append(square);
    item.append(swatch, words ?? "");
    list.append(item);
  }
  box.append(list);
  place.querySelector(".map-legend")?.remove();
  place.append(box);
}

class Place {
  private readonly map: maplibre.Map;
  private readonly element: HTMLElement;
  private marker: maplibre.Marker | null = null;
  private collection: Collection = { type: "FeatureCollection", features: [] };

  constructor(element: HTMLElement) {
    this.element = element;
    const { lat, lng, bounds } = element.dataset;
    const start = lat && lng ? ([Number(lng), Number(lat)] as Position) : null;
    this.map = new maplibre.Map({
      container: element,
      style: styleOf("", []),
      center: start ?? [121.4737, 31.2304],
      zoom: start ? 15 : 9,
      attributionControl: false,
      // Otherwise a printed page shows an empty map.
      canvasContextAttributes: { preserveDrawingBuffer: true },
      dragRotate: false,
      pitchWithRotate: false,
      cooperativeGestures: !("pick" in element.dataset),
      localIdeographFontFamily: "'PingFang SC', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif",
      locale: {
        "NavigationControl.ZoomIn": say("放大", "Zoom in"),
        "NavigationControl.ZoomOut": say("缩小", "Zoom out"),
        "Map.Title": element.dataset.label ?? say("地图", "Map"),
        "CooperativeGesturesHandler.WindowsHelpText": say("按住 Ctrl 并滚动可缩放地图", "Hold Ctrl and scroll to zoom"),
        "CooperativeGesturesHandler.MacHelpText": say("按住 ⌘ 并滚动可缩放地图", "Hold ⌘ and scroll to zoom"),
        "CooperativeGesturesHandler.MobileHelpText": say("用两个手指移动地图", "Move the map with two fingers"),
        "Marker.Title": say("位置", "Position"),
      },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-left");
    if (bounds) this.map.fitBounds(bounds.split(",").map(Number) as [number, number, number, number], { animate: false });
    if (start) this.mark(start);
    this.map.on("load", () => void this.fetch());
    if ("pick" in element.dataset) this.pick();
    this.links();
    dark.addEventListener("change", () => this.paint());
  }

  private async fetch(): Promise<void> {
    const url = this.element.dataset.geojsonUrl;
    if (!url) return;
    try {
      const answer = await fetch(url, { headers: { Accept: "application/geo+json, application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      this.collection = (await answer.json()) as Collection;
    } catch {
      this.tell(say("地图没有载入，不影响填写。", "The map did not load; you can go on without it."));
      return;
    }
    this.paint();
    const { lat, bounds } = this.element.dataset;
    const all = boundsOf(this.collection);
    if (all && !bounds && (!lat || "legend" in this.element.dataset)) this.map.fitBounds(all, { padding: { top: 24, right: 24, bottom: 24, left: "legend" in this.element.dataset ? Math.min(128, this.element.clientWidth * 0.3) : 24 }, animate: false });
  }

  private paint(): void {
    const property = this.element.dataset.legend ?? "";
    const values = this.collection.features.map((feature) => feature.properties?.[property]).filter((value): value is number => typeof value === "number");
    const limits = limitsOf(values, 5);
    this.map.setStyle(styleOf(property, limits), { diff: false });
    this.map.once("styledata", () => {
      const source = this.map.getSource<GeoJSONSource>("areas");
      source?.setData(this.collection as Parameters<GeoJSONSource["setData"]>[0]);
    });
    if (property && values.length) legend(this.element, limits, values, this.element.dataset.unit ?? "");
  }

  private tell(words: string): void {
    const note = document.createElement("span");
    note.className = "map-note";
    note.textContent = words;
    this.element.append(note);
  }

  private mark(at: Position): void {
    if (!this.marker) {
      this.marker = new maplibre.Marker({ color: colour("--teal-fill"), draggable: "pick" in this.element.dataset });
      this.marker.on("dragend", () => {
        const { lng, lat } = this.marker?.getLngLat() ?? { lng: 0, lat: 0 };
        this.put([lng, lat]);
      });
      this.marker.setLngLat(at).addTo(this.map);
    } else {
      this.marker.setLngLat(at);
    }
  }

  private put([lng, lat]: Position): void {
    const form = this.element.closest("form");
    const { latField, lngField } = this.element.dataset;
    for (const [name, value] of [[latField, lat], [lngField, lng]] as const) {
      const field = name ? form?.elements.namedItem(name) : null;
      if (!(field instanceof HTMLInputElement)) continue;
      field.value = value.toFixed(6);
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  private pick(): void {
    this.map.getCanvas().style.cursor = "crosshair";
    this.map.on("click", ({ lngLat }) => {
      this.mark([lngLat.lng, lngLat.lat]);
      this.put([lngLat.lng, lngLat.lat]);
    });
    const form = this.element.closest("form");
    form?.addEventListener("linli:position", (event) => {
      const { lat, lng } = (event as CustomEvent).detail as { lat: number; lng: number };
      this.mark([lng, lat]);
      this.map.jumpTo({ center: [lng, lat], zoom: 15 });
    });
  }

  /** Let areas that carry a `url` lead there, and show which one is under the pointer. */
  private links(): void {
    let last: string | number | undefined;
    const state = (id: string | number | undefined, here: boolean): void => {
      if (id !== undefined) this.map.setFeatureState({ source: "areas", id }, { here });
    };
    for (const layer of ["fill", "points"]) {
      this.map.on("mousemove", layer, ({ features }) => {
        const feature = features?.[0];
        if (!feature?.properties["url"]) return;
        state(last, false);
        last = feature.id;
        state(last, true);
        this.map.getCanvas().style.cursor = "pointer";
      });
      this.map.on("mouseleave", layer, () => {
        state(last, false);
        this.map.getCanvas().style.cursor = "pick" in this.element.dataset ? "crosshair" : "";
      });
      this.map.on("click", layer, ({ features }) => {
        const url = features?.[0]?.properties["url"] as string | undefined;
        // Only addresses of this site: the data may come from an imported file.
        if (url?.startsWith("/") && !url.startsWith("//")) window.location.assign(url);
      });
    }
  }
}

function mapsAttach(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-map]")) {
    if (element.dataset.ready) continue;
    element.dataset.ready = "yes";
    try {
      new Place(element);
    } catch {
      // Without WebGL the form still takes an address.
      element.hidden = true;
    }
  }
}

mapsAttach(document);
// A map that is opened later comes with htmx.
document.addEventListener("htmx:load", (event) => mapsAttach(((event as CustomEvent).detail as { elt: HTMLElement }).elt.parentElement ?? document));
