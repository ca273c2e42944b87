// What is typed and not yet on the server is kept in this browser, sentence by sentence.
const OLDEST = 14 * 24 * 3600 * 1000;
const name = (id) => `draft:${location.pathname}:${id}`;

/** Keep what was typed into a sentence, and from which words it began. */
export function put(id, draft) {
  try {
    localStorage.setItem(name(id), JSON.stringify({ ...draft, at: Date.now() }));
  } catch {
    // A private window or a full disk: then it is kept in the page only.
  }
}

/** Forget it, because the server has it. */
export function drop(id) {
  try {
    localStorage.removeItem(name(id));
  } catch {
    // See above.
  }
}

/** List what was left behind on this page: {id, text, base, version, start}, by their second. */
export function left() {
  const found = [];
  try {
    const before = name("");
    for (const key of Object.keys(localStorage).filter((each) => each.startsWith(before))) {
      const draft = JSON.parse(localStorage.getItem(key));
      if (!draft || Date.now() - draft.at > OLDEST) localStorage.removeItem(key);
      else found.push({ ...draft, id: key.slice(before.length) });
    }
  } catch {
    // See above.
  }
  return found.sort((one, other) => one.start - other.start);
}
