// The words of one sentence: which stands under the sound, and which second a click means.

/** Wrap the words of a sentence once, each with its second. */
export function wrap(row) {
  const text = row.querySelector(".segment-text");
  if (!text || text.dataset.wrapped) return;
  text.dataset.wrapped = "1";
  const seconds = secondsOf(row, text.textContent.split(/\s+/).filter(Boolean));
  let at = 0;
  const nodes = [];
  const walk = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) nodes.push(walk.currentNode);
  for (const node of nodes) {
    const parts = node.data.split(/(\s+)/).filter(Boolean).map((part) => {
      if (!part.trim()) return part;
      const word = document.createElement("span");
      word.className = "word";
      word.dataset.at = (seconds[at] ?? Number(row.dataset.start)).toFixed(2);
      word.textContent = part;
      at += 1;
      return word;
    });
    node.replaceWith(...parts);
  }
}

/** Take the wrapping away again, so that a long listening leaves no thousand pieces. */
export function unwrap(row) {
  const text = row?.querySelector(".segment-text");
  if (!text?.dataset.wrapped) return;
  delete text.dataset.wrapped;
  for (const word of [...text.querySelectorAll(".word")]) word.replaceWith(...word.childNodes);
  text.normalize();
}

/** Show which word of a sentence is being said. */
export function follow(row, second) {
  let said = null;
  for (const word of row.querySelectorAll(".word")) {
    if (Number(word.dataset.at) > second + 0.02) break;
    said = word;
  }
  if (said?.classList.contains("is-said")) return;
  row.querySelector(".is-said")?.classList.remove("is-said");
  said?.classList.add("is-said");
}

// Where a word was not heard as it stands, its second lies between its neighbours' by their letters.
function secondsOf(row, words) {
  const start = Number(row.dataset.start);
  const end = Number(row.dataset.end);
  const told = (row.dataset.words ?? "").split(" ");
  const known = words.map((_, i) => (told[i] && told[i] !== "-" ? start + Number(told[i]) / 100 : null));
  const found = [];
  for (let i = 0; i < words.length; i += 1) {
    if (known[i] !== null) {
      found.push(known[i]);
      continue;
    }
    let next = i;
    while (next < words.length && known[next] === null) next += 1;
    const from = i ? found[i - 1] : start;
    const to = next < words.length ? known[next] : end;
    const first = Math.max(0, i - 1);
    const letters = words.slice(first, next).reduce((sum, word) => sum + word.length, 0) || 1;
    found.push(i ? from + ((to - from) * words[i - 1].length) / letters : start);
  }
  return found;
}
