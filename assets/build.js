// Builds ../meetly/static: the stylesheets, the scripts, one icon sprite, the font of stamps, and the
// manifest that gives the hash of each one's content, so that a browser may keep it for ever.
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, "..", "meetly", "static");
// Old office machines stop at Chrome 109 (Windows 7); nothing newer may be needed.
const target = ["chrome100", "firefox100", "safari15"];

async function stylesheet(name) {
  const { css } = sass.compile(path.join(here, "scss", `${name}.scss`), {
    loadPaths: [path.join(here, "node_modules")],
    quietDeps: true,
    // Bootstrap 5.3 still needs @import.
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  });
  return (await esbuild.transform(css, { loader: "css", minify: true, target })).code;
}

async function script(name) {
  const result = await esbuild.build({
    entryPoints: [path.join(here, "js", `${name}.js`)],
    bundle: true,
    format: "esm",
    minify: true,
    target,
    legalComments: "none",
    logLevel: "warning",
    write: false,
  });
  return result.outputFiles[0].text;
}

async function icons() {
  const names = (await readFile(path.join(here, "icons.txt"), "utf8"))
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith("#"));
  const symbols = await Promise.all(names.map(symbol));
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

async function symbol(name) {
  const file = path.join(here, "node_modules", "bootstrap-icons", "icons", `${name}.svg`);
  const svg = await readFile(file, "utf8");
  const inner = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
  return `<symbol id="${name}" viewBox="0 0 16 16">${inner.replace(/\s+/g, " ").trim()}</symbol>`;
}

// Draws the reader's name over guarded papers on the server; it has every Vietnamese letter.
function stampFont() {
  return readFile(path.join(here, "node_modules", "dejavu-fonts-ttf", "ttf", "DejaVuSans.ttf"));
}

function hash(content) {
  return createHash("sha256").update(content).digest("hex").slice(0, 12);
}

async function place(file, content) {
  const whole = path.join(out, file);
  await writeFile(`${whole}.part`, content);
  await rename(`${whole}.part`, whole);
}

const made = {
  "app.css": await stylesheet("app"),
  "app.js": await script("app"),
  "chosen.js": await script("chosen"),
  "confirming.js": await script("confirming"),
  "minutes.js": await script("minutes"),
  "offline.js": await script("offline"),
  "pack.css": await stylesheet("pack"),
  "papers.js": await script("papers"),
  "player.js": await script("player"),
  "roll.js": await script("roll"),
  "sw.js": await script("sw"),
  "transcript.js": await script("transcript"),
  "upload.js": await script("upload"),
  "icons.svg": await icons(),
  "stamp.ttf": await stampFont(),
  "mark.svg": await readFile(path.join(here, "mark.svg"), "utf8"),
};

await mkdir(out, { recursive: true });
const manifest = {};
for (const [name, content] of Object.entries(made)) {
  manifest[name] = hash(content);
  await place(`${name}.gz`, gzipSync(content, { level: 9 }));
  await place(name, content);
}
await place("manifest.json", JSON.stringify(manifest, null, 2) + "\n");
const kept = new Set([...Object.keys(made).flatMap((name) => [name, `${name}.gz`]), "manifest.json"]);
for (const file of await readdir(out)) {
  if (!kept.has(file)) await rm(path.join(out, file));
}
