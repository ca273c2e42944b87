// What of a pack lies in this browser: papers in a cache of their reader and meeting, the pieces of
// a paper still on its way in a database. The names say whose they are.
const PREFIX = "pack:";
const DATABASE = "packs";
const OPENED = "opened:";
/** Milliseconds that signing out waits for papers to be removed. */
const LEAVING = 5000;

/** Whether this browser can keep papers: only over HTTPS, or on the machine itself. */
export const canKeep = () =>
  window.isSecureContext && "serviceWorker" in navigator && "caches" in window && "indexedDB" in window;

export const packOf = (reader, meeting) => `${PREFIX}${reader}:${meeting}`;

/** Keep pieces and what is known of a pack. */
export class Store {
  constructor(pack) {
    this.pack = pack;
  }

  /** Run one request on a table; the promise holds what it found. */
  async ask(table, mode, run) {
    const database = await opened();
    try {
      return await finished(run(database.transaction(table, mode).objectStore(table)));
    } finally {
      database.close();
    }
  }

  state = () => this.ask("packs", "readonly", (table) => table.get(this.pack));
  keep = (state) => this.ask("packs", "readwrite", (table) => table.put(state, this.pack));
  drop = () => this.ask("packs", "readwrite", (table) => table.delete(this.pack));

  /** The numbers of the pieces of a paper that are here. */
  async pieces(sha) {
    const keys = await this.ask("pieces", "readonly", (table) => table.getAllKeys(this.range(sha)));
    return keys.map((key) => key[2]);
  }

  contents = (sha) => this.ask("pieces", "readonly", (table) => table.getAll(this.range(sha)));
  add = (sha, number, bytes) =>
    this.ask("pieces", "readwrite", (table) => table.put(bytes, [this.pack, sha, number]));
  clear = (sha) => this.ask("pieces", "readwrite", (table) => table.delete(this.range(sha)));

  range(sha = "") {
    return IDBKeyRange.bound([this.pack, sha], [this.pack, sha || "g", Infinity]);
  }
}

/** Note that a paper was opened, before the page is left. */
export function noteOpening(pack, version) {
  const known = openings(pack);
  if (known.some((opening) => opening.version_id === version)) return;
  known.push({ version_id: version, at: new Date().toISOString() });
  localStorage.setItem(OPENED + pack, JSON.stringify(known));
}

export function openings(pack) {
  try {
    return JSON.parse(localStorage.getItem(OPENED + pack)) ?? [];
  } catch {
    return [];
  }
}

/** Forget those openings that the server has taken in. */
export function forgetOpenings(pack, count) {
  const rest = openings(pack).slice(count);
  if (rest.length) localStorage.setItem(OPENED + pack, JSON.stringify(rest));
  else localStorage.removeItem(OPENED + pack);
}

/** Remove all of a pack from this browser. */
export async function forget(pack) {
  await caches.delete(pack);
  const store = new Store(pack);
  await store.clear();
  await store.drop();
  localStorage.removeItem(OPENED + pack);
}

async function forgetWhere(isUnwanted) {
  if (!canKeep()) return;
  const packs = new Set((await caches.keys()).filter((name) => name.startsWith(PREFIX)));
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(OPENED)) packs.add(key.slice(OPENED.length));
  }
  const databases = (await indexedDB.databases?.()) ?? [];
  if (databases.some((database) => database.name === DATABASE)) {
    const store = new Store("");
    const pieces = await store.ask("pieces", "readonly", (table) => table.getAllKeys());
    for (const [pack] of pieces) packs.add(pack);
    for (const pack of await store.ask("packs", "readonly", (table) => table.getAllKeys())) packs.add(pack);
  }
  for (const pack of packs) if (isUnwanted(pack)) await forget(pack);
}

/** What somebody kept in this browser is nobody else's: it goes when they leave or another comes. */
export function guardPacks() {
  const reader = document.body.dataset.reader;
  if (!reader) return;
  forgetWhere((pack) => !pack.startsWith(packOf(reader, ""))).catch(() => {});
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[action$='/sign-out']") || !canKeep() || form.dataset.leaving) return;
    event.preventDefault();
    form.dataset.leaving = "1";
    const late = new Promise((resolve) => setTimeout(resolve, LEAVING));
    Promise.race([forgetWhere(() => true), late]).finally(() => form.submit());
  });
}

const HAD = "had-packs";
const MOST_HAD = 40;

/** Remember which packs were downloaded here, and say so beside the earlier ones. */
export function markDownloads() {
  for (const card of document.querySelectorAll("[data-packs]")) {
    const had = JSON.parse(localStorage.getItem(HAD) ?? "[]");
    for (const mark of card.querySelectorAll("[data-had]")) mark.hidden = !had.includes(mark.dataset.had);
    card.addEventListener("click", (event) => {
      if (!event.target.closest("[data-pack], [data-pack] a")) return;
      const now = [card.dataset.packs, ...had.filter((digest) => digest !== card.dataset.packs)];
      localStorage.setItem(HAD, JSON.stringify(now.slice(0, MOST_HAD)));
    });
  }
}

function opened() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("packs");
    request.result.createObjectStore("pieces");
  };
  return finished(request);
}

function finished(request) {
  return new Promise((resolve, reject) => {
    request.onerror = () => reject(request.error);
    if (request.transaction) {
      // Not when it was asked but when it is kept.
      request.transaction.oncomplete = () => resolve(request.result);
      request.transaction.onabort = () => reject(request.transaction.error);
    } else request.onsuccess = () => resolve(request.result);
  });
}
