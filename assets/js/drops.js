// A dropzone of an ordinary form: files may be dropped on it, and it tells which were chosen.
import { size } from "./sizes.js";

/** Make the dropzones under root tell; one with data-upload sends by itself, in upload.js, and one with
    data-many, in papers.js, sends what was chosen when its form is sent. */
export function openDropzones(root) {
  for (const zone of root.querySelectorAll("[data-drop]:not([data-upload])")) {
    if (!zone.dataset.awake) open(zone);
  }
}

function open(zone) {
  zone.dataset.awake = "1";
  const input = zone.querySelector("input[type=file]");
  input.addEventListener("change", () => tell(zone, input));
  acceptDrops(zone, (files) => {
    const chosen = new DataTransfer();
    for (const file of input.multiple ? files : [...files].slice(0, 1)) chosen.items.add(file);
    input.files = chosen.files;
    tell(zone, input);
  });
  tell(zone, input);
}

/** Call run with what is dropped on the zone. */
export function acceptDrops(zone, run) {
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    zone.addEventListener(kind, (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      zone.classList.toggle("is-over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) run(event.dataTransfer.files);
    });
  }
}

/** Show which files are chosen, and which of them are too large. */
export function tell(zone, input) {
  const list = zone.querySelector("[data-files]");
  const largest = Number(zone.dataset.largest);
  const lines = [...input.files].map((file) => {
    const line = document.createElement("li");
    const isLarge = largest && file.size > largest;
    line.className = isLarge ? "form-error" : "";
    line.textContent = `${file.name} · ${size(file.size)}${isLarge ? ` · ${zone.dataset.wordsLarge}` : ""}`;
    return line;
  });
  list.replaceChildren(...lines);
  list.hidden = !lines.length;
}
