// What every page may use. A page says what it wants in data- attributes; nothing here knows a room.
import htmx from "htmx.org";
import { hearClips } from "./clips.js";
import { openDropzones } from "./drops.js";
import { keepForms } from "./keeping.js";
import { openMenus } from "./menus.js";
import { listenToKeys } from "./keys.js";
import { guardPacks, markDownloads } from "./packs.js";
import { chooseTheme } from "./theme.js";
import { toast } from "./toast.js";

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  historyCacheSize: 0,
  selfRequestsOnly: true,
  scrollIntoViewOnBoost: false,
  // Never "style": the policy of our pages forbids it, even where it is empty.
  attributesToSettle: ["class", "width", "height"],
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    // A form that could not be saved comes back with its errors beside the fields.
    { code: "422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ],
});

document.documentElement.classList.add("has-script");

const words = () => document.body.dataset;

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]');
  if (token) event.detail.headers["X-CSRFToken"] = token.content;
});

let running = 0;
const showLoading = (change) => {
  running = Math.max(0, running + change);
  document.documentElement.classList.toggle("is-loading", running > 0);
};
document.addEventListener("htmx:beforeRequest", (event) => {
  // A page that asks how far the work is, every few seconds, is not waiting for anything.
  if (!event.target.closest?.(".live")) showLoading(1);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.target.closest?.(".live")) showLoading(-1);
});
document.addEventListener("htmx:sendError", (event) => {
  if (!event.target.closest?.(".live")) toast(words().wordsOffline);
});
document.addEventListener("htmx:responseError", (event) => {
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const message = page.querySelector(".fault-message, .alert-title, .form-error");
  toast(message?.textContent.trim() || words().wordsFailed);
});
// A script that asks for a piece of a page itself, or has put one in, lets it work like any other.
document.addEventListener("piece:fetch", ({ detail }) => htmx.ajax("GET", detail.address, detail.target));
document.addEventListener("piece:fresh", (event) => htmx.process(event.target));
// A server can say a word with HX-Trigger: {"toast": "Đã lưu"}.
document.addEventListener("toast", (event) => toast(event.detail.value ?? event.detail));

function wake(root) {
  for (const piece of root.querySelectorAll("[data-module]")) {
    if (piece.dataset.awake) continue;
    piece.dataset.awake = "1";
    // On a weak line somebody has chosen a file before the script is there: it is told again.
    let chosen = null;
    const remember = (event) => (chosen = event.target);
    piece.addEventListener("change", remember);
    import(piece.dataset.module).then((module) => {
      piece.removeEventListener("change", remember);
      module.start(piece);
      chosen?.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  openDropzones(root);
  keepForms(root);
  root.querySelector("[data-focus]")?.focus();
}

document.addEventListener("htmx:afterSettle", (event) => wake(event.target.parentElement ?? document));

openMenus();
hearClips();
listenToKeys();
chooseTheme();
guardPacks();
markDownloads();
wake(document);
