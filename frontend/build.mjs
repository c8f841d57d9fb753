// Builds everything that the browser loads into the git-ignored static folder of the ui room.
import { build } from "esbuild";
import { compile, Logger } from "sass";
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createHash } from "node:crypto";
import { brotliCompressSync, gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "..", "src", "linli");
const finished = join(source, "foundation", "ui", "static", "build");
const target = `${finished}.new`;
// Old phones are the norm in a neighbourhood: modern syntax and colours are lowered for them.
const browsers = ["chrome80", "safari14.1", "firefox78"];

async function* filesUnder(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !["static", "tests", "__pycache__"].includes(entry.name)) {
      yield* filesUnder(path);
    } else if (/\.(html|py)$/.test(entry.name)) {
      yield path;
    }
  }
}

/** Names written where an icon is asked for; words between template tags of such an attribute count too. */
async function iconsUsed(known) {
  const names = new Set();
  for await (const path of filesUnder(source)) {
    const text = await readFile(path, "utf8");
    for (const match of text.matchAll(/(?:\bicon="|<c-icon name=")([^"]*)"/g)) {
      const words = match[1].replace(/\{[{%].*?[}%]\}/g, " ").split(/\s+/);
      for (const word of words.filter(Boolean)) names.add(word);
    }
    for (const match of text.matchAll(/ICONS[^=\n]*=\s*\{([^}]*)\}/g)) {
      for (const [, word] of match[1].matchAll(/"([a-z0-9-]+)"/g)) if (word in known) names.add(word);
    }
  }
  return [...names].sort();
}

async function buildIcons() {
  const all = JSON.parse(await readFile(join(here, "node_modules/@tabler/icons/tabler-nodes-outline.json"), "utf8"));
  const names = await iconsUsed(all);
  const unknown = names.filter((name) => !(name in all));
  if (unknown.length) throw new Error(`no such icon in @tabler/icons: ${unknown.join(", ")}`);
  const symbols = names.map((name) => {
    const nodes = all[name].map(([tag, attributes]) => {
      const text = Object.entries(attributes).map(([key, value]) => `${key}="${value}"`).join(" ");
      return `<${tag} ${text}/>`;
    });
    return `<symbol id="${name}" viewBox="0 0 24 24">${nodes.join("")}</symbol>`;
  });
  await writeFile(join(target, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

async function buildStyles() {
  const { css } = compile(join(here, "styles", "linli.scss"), {
    loadPaths: [join(here, "node_modules")],
    logger: Logger.silent,
    quietDeps: true,
  });
  await build({
    stdin: { contents: css, loader: "css", resolveDir: here },
    outfile: join(target, "linli.css"),
    minify: true,
    target: browsers,
    logLevel: "warning",
  });
}

async function buildScripts() {
  const common = { bundle: true, minify: true, legalComments: "linked", logLevel: "warning" };
  await build({
    ...common,
    entryPoints: Object.fromEntries(["boot", "linli", "charts", "redact", "secret"].map((name) => [name, join(here, `src/${name}.ts`)])),
    outdir: target,
    format: "iife",
    target: browsers,
  });
  // MapLibre is published as a module only and needs its worker as a file of its own.
  await build({
    ...common,
    entryPoints: { map: join(here, "src/map.ts") },
    outdir: target,
    format: "esm",
    target: "es2022",
  });
  const maplibre = join(here, "node_modules/maplibre-gl/dist");
  await copyFile(join(maplibre, "maplibre-gl-worker.mjs"), join(target, "map-worker.js"));
  await build({
    ...common,
    entryPoints: { map: join(maplibre, "maplibre-gl.css") },
    outdir: target,
    loader: { ".svg": "dataurl" },
  });
}

// What every page loads, and so what the service worker keeps.
const SHELL = ["boot.js", "linli.js", "linli.css", "icons.svg"];

/** One digest over everything built: the addresses of files carry it, so that they may be kept for ever. */
async function buildWorker() {
  const digest = createHash("sha256");
  for (const name of (await readdir(target)).sort()) digest.update(name).update(await readFile(join(target, name)));
  digest.update(await readFile(join(here, "src/worker.ts")));
  const version = digest.digest("hex").slice(0, 12);
  await build({
    entryPoints: { sw: join(here, "src/worker.ts") },
    outdir: target,
    bundle: true,
    minify: true,
    logLevel: "warning",
    target: browsers,
    define: { VERSION: JSON.stringify(version), SHELL: JSON.stringify(SHELL) },
  });
  await writeFile(join(target, "version.txt"), version);
}

/** The page on which trustees open a ballot without a network: one file, the same script, allowed nothing else. */
async function buildOpening() {
  const folder = join(here, "src/secret");
  const script = (await readFile(join(target, "secret.js"), "utf8")).trim().replace(/<\/script/gi, "<\\/script");
  const style = (await readFile(join(folder, "opening.css"), "utf8")).trim();
  const hash = (text) => `sha256-${createHash("sha256").update(text).digest("base64")}`;
  const legal = (await readFile(join(target, "secret.js.LEGAL.txt"), "utf8").catch(() => "")).replaceAll("--", "- -");
  const filled = { SCRIPT_HASH: hash(script), STYLE_HASH: hash(style), STYLE: style, SCRIPT: script, LICENCES: legal };
  const page = await readFile(join(folder, "opening.html"), "utf8");
  const names = new RegExp(`\\b(${Object.keys(filled).join("|")})\\b`, "g");
  await writeFile(join(target, "opening.html"), page.replace(names, (name) => filled[name]));
}

/** The server sends these where the browser takes them; the page weight that ux asks for is theirs. */
async function compress() {
  for (const name of await readdir(target)) {
    if (name.endsWith(".txt")) continue;
    const bytes = await readFile(join(target, name));
    await writeFile(join(target, `${name}.gz`), gzipSync(bytes, { level: 9 }));
    await writeFile(join(target, `${name}.br`), brotliCompressSync(bytes));
  }
}

async function report(folder) {
  for (const name of (await readdir(folder)).sort()) {
    if (/\.(txt|gz|br)$/.test(name)) continue;
    const bytes = await readFile(join(folder, name));
    console.log(`${name.padEnd(16)} ${String(bytes.length).padStart(9)} B  ${String(gzipSync(bytes).length).padStart(8)} B gz`);
  }
}

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
await Promise.all([buildIcons(), buildStyles(), buildScripts()]);
await buildWorker();
await buildOpening();
await compress();
await rm(finished, { recursive: true, force: true });
await rename(target, finished);
await report(finished);
