// Words chosen in the transcript with the mouse or the keyboard can become a direction: the form says
// which words, and in which sentences they were said.
const FEWEST = 3;
const SHOWN = 80;

/** Show the form of a [data-module] whenever words of the transcript are chosen. */
export function start(form) {
  // While a mouse still marks, a bar that comes up would be marked too.
  let marking = false;
  document.addEventListener("pointerdown", () => { marking = true; });
  for (const end of ["pointerup", "pointercancel"]) {
    document.addEventListener(end, () => { marking = false; show(form); });
  }
  document.addEventListener("selectionchange", () => marking || show(form));
  // The press that sends it would take the choice away first.
  form.addEventListener("pointerdown", (event) => event.preventDefault());
}

function show(form) {
  const { words, rows } = chosen();
  const isEnough = words.split(" ").length >= FEWEST;
  if (!isEnough && form.contains(document.activeElement)) return; // it is being sent by keyboard
  form.hidden = !isEnough;
  if (!isEnough) return;
  form.elements.words.value = words;
  form.elements.segments.value = rows.map((row) => row.id.slice(1)).join(" ");
  form.querySelector("[data-chosen]").textContent = words.length > SHOWN ? `“${words.slice(0, SHOWN)}…”` : `“${words}”`;
}

// Only what was said: names and times between the sentences are left out.
function chosen() {
  const selection = getSelection();
  if (selection.isCollapsed || !selection.rangeCount) return { words: "", rows: [] };
  const range = selection.getRangeAt(0);
  const rows = [...document.querySelectorAll("[data-transcript] .segment")].filter((row) => range.intersectsNode(row));
  const parts = rows.map((row) => within(range, row.querySelector(".segment-text")));
  const said = rows.filter((_row, at) => parts[at]);
  return { words: parts.filter(Boolean).join(" ").split(/\s+/).filter(Boolean).join(" "), rows: said };
}

function within(range, text) {
  if (!text || !range.intersectsNode(text)) return "";
  const part = document.createRange();
  part.selectNodeContents(text);
  if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0) part.setStart(range.startContainer, range.startOffset);
  if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) part.setEnd(range.endContainer, range.endOffset);
  return String(part).trim();
}
