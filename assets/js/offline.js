// Keeps the papers of a meeting in this browser, piece by piece, and holds them to what the server
// hands out: what was received stays, only what changed is fetched, what was taken back goes.
import { Store, canKeep, forget, forgetOpenings, noteOpening, openings, packOf } from "./packs.js";
import { size } from "./sizes.js";

const PIECE = 1024 * 1024;
/** Milliseconds between two tries while something is lacking. */
const AGAIN = 10_000;
/** Milliseconds without a byte after which a line counts as cut, although nobody said so. */
const SILENCE = 30_000;
const PLAIN = { cache: "no-store", credentials: "same-origin", redirect: "manual" };
const GONE = [401, 403, 404];
const ASSET = /\/static\/[^"'#\s&]+/g;

/** Run the page. */
export function start(place) {
  new Keeper(place).begin();
}

/** The server would not give it: the reason is the name of what the page says. */
class Refused extends Error {}

class Keeper {
  constructor(place) {
    this.place = place;
    this.told = JSON.parse(place.dataset.pack);
    this.pack = packOf(document.body.dataset.reader, this.told.meeting);
    this.store = new Store(this.pack);
    this.bar = place.querySelector("progress");
    this.keepButton = place.querySelector("[data-keep-button]");
    this.dropButton = place.querySelector("[data-drop-button]");
    this.files = [];
    this.here = new Map();
  }

  get papers() {
    return document.querySelector("[data-papers]");
  }

  async begin() {
    document.addEventListener("click", (event) => this.opened(event), true);
    document.addEventListener("auxclick", (event) => this.opened(event), true);
    if (!canKeep()) {
      this.say("insecure");
      return;
    }
    this.keepButton.addEventListener("click", () => this.keep());
    this.dropButton.addEventListener("click", () => this.drop());
    window.addEventListener("online", () => this.settle());
    this.state = await this.store.state().catch(() => undefined);
    if (this.state) await this.settle();
    else {
      this.say("fresh");
      this.keepButton.hidden = false;
      this.tell().catch(() => {});
    }
  }

  async keep() {
    this.keepButton.hidden = true;
    navigator.storage?.persist?.();
    this.state = { manifest: { files: [] }, tag: "" };
    await this.store.keep(this.state);
    await this.settle();
  }

  async drop(reason = "fresh") {
    clearTimeout(this.timer);
    this.state = null;
    await forget(this.pack);
    this.here.clear();
    this.bar.hidden = this.dropButton.hidden = true;
    this.keepButton.hidden = reason !== "fresh";
    this.mark();
    if (reason === "gone") this.papers.replaceChildren();
    this.say(reason);
  }

  /** Bring what is here to what the server hands out; one at a time. */
  async settle() {
    if (this.busy || !this.state) return;
    this.busy = true;
    clearTimeout(this.timer);
    this.dropButton.hidden = false;
    try {
      await navigator.serviceWorker.register(this.told.worker, { scope: "/meetings/" });
      this.cache = await caches.open(this.pack);
      await this.count();
      await this.compare();
      await this.count();
      for (const file of this.files) if (!this.isWhole(file)) await this.fetch(file);
      this.say("whole");
      this.bar.hidden = true;
      await this.tell();
    } catch (error) {
      await this.stopped(error);
    } finally {
      this.busy = false;
    }
  }

  async stopped(error) {
    if (!this.state) return forget(this.pack); // removed by its person while it was on its way
    if (error instanceof Refused && error.message === "gone") return this.drop("gone");
    const isFull = error?.name === "QuotaExceededError";
    const isWhole = this.files.length && this.files.every((file) => this.isWhole(file));
    const isSignedOut = error instanceof Refused && error.message === "signedOut";
    this.say(isFull ? "full" : isSignedOut ? "signedOut" : isWhole ? "away" : "cut");
    if (!isSignedOut && !isFull) this.timer = setTimeout(() => this.settle(), AGAIN);
    if (!(error instanceof Refused || error instanceof TypeError || isFull)) console.warn(error);
  }

  /** Ask for the manifest; where it is another one, take its page and let go of what is not in it. */
  async compare() {
    const answer = await this.ask(this.told.manifest, { "If-None-Match": this.state.tag });
    if (answer.status === 304) return;
    const manifest = await answer.json();
    const wanted = await this.takePage();
    for (const file of manifest.files) wanted.add(this.address(file));
    this.state = { manifest, tag: answer.headers.get("ETag") ?? "" };
    for (const request of await this.cache.keys()) {
      const { pathname, search } = new URL(request.url);
      if (!wanted.has(pathname + search)) await this.cache.delete(request);
    }
    // Only now: whatever stops us before, the next try does it all again.
    await this.store.keep(this.state);
  }

  /** Keep the page and what it is made of; gives the addresses of all that. */
  async takePage() {
    const answer = await this.ask(this.told.page);
    const text = await answer.clone().text();
    const addresses = new Set([...text.matchAll(ASSET)].map(([address]) => address));
    for (const address of addresses) {
      if (!(await this.cache.match(address, { ignoreVary: true }))) await this.cache.add(address);
    }
    await this.cache.put(this.told.page, answer);
    const page = new DOMParser().parseFromString(text, "text/html");
    this.papers.replaceWith(page.querySelector("[data-papers]"));
    const token = 'meta[name="csrf-token"]';
    document.querySelector(token).content = page.querySelector(token).content;
    return addresses.add(this.told.page);
  }

  async ask(address, headers = {}) {
    const answer = await heard(address, { ...PLAIN, headers });
    if (answer.type === "opaqueredirect") throw new Refused("signedOut");
    if (GONE.includes(answer.status)) throw new Refused("gone");
    if (!answer.ok && answer.status !== 304) throw new TypeError(`${answer.status}`);
    return answer;
  }

  // -- papers and their pieces -----------------------------------------------------------------

  address = (file) => `${this.told.files}${file.sha256}`;
  isWhole = (file) => this.here.get(file.sha256) === file.size;

  async count() {
    this.files = this.state.manifest.files;
    for (const file of this.files) {
      const isKept = await this.cache.match(this.address(file), { ignoreVary: true });
      const pieces = isKept ? [] : await this.store.pieces(file.sha256);
      const bytes = pieces.reduce((sum, number) => sum + this.span(file, number).length, 0);
      this.here.set(file.sha256, isKept ? file.size : Math.min(bytes, file.size - 1));
    }
    this.mark();
  }

  span(file, number) {
    const first = number * PIECE;
    return { first, length: Math.min(PIECE, file.size - first) };
  }

  async fetch(file) {
    const known = new Set(await this.store.pieces(file.sha256));
    for (let number = 0; number * PIECE < file.size; number += 1) {
      if (known.has(number)) continue;
      const bytes = await this.piece(file, number);
      if (!this.state) throw new Refused("removed");
      await this.store.add(file.sha256, number, bytes);
      this.here.set(file.sha256, (this.here.get(file.sha256) ?? 0) + this.span(file, number).length);
      this.mark();
    }
    const bytes = await new Blob(await this.store.contents(file.sha256)).arrayBuffer();
    const isGood = (await hashOf(bytes)) === file.sha256;
    if (isGood) await this.cache.put(this.address(file), keptAnswer(file, bytes));
    await this.store.clear(file.sha256);
    this.here.set(file.sha256, isGood ? file.size : 0);
    this.mark();
    if (!isGood) throw new TypeError("damaged on its way");
  }

  async piece(file, number) {
    const { first, length } = this.span(file, number);
    const range = `bytes=${first}-${first + length - 1}`;
    const answer = await this.ask(this.address(file), { Range: range, "If-Range": `"${file.sha256}"` });
    const bytes = await answer.arrayBuffer();
    if (bytes.byteLength !== length) throw new TypeError("cut off");
    return bytes;
  }

  // -- openings ----------------------------------------------------------------------------------

  opened(event) {
    const link = event.target.closest?.("[data-papers] [data-version] a");
    if (!link || event.button > 1) return;
    noteOpening(this.pack, Number(link.closest("[data-version]").dataset.version));
    if (navigator.onLine) this.tell().catch(() => {});
  }

  /** Tell the server what was opened; what it does not take in is told again later. */
  async tell() {
    const known = openings(this.pack);
    if (!known.length || this.telling) return;
    this.telling = true;
    try {
      let answer = await this.send(known);
      if (answer.status === 400 && this.state) {
        await this.takePage(); // signed in anew since this page was made
        answer = await this.send(known);
      }
      if (answer.ok) forgetOpenings(this.pack, known.length);
    } finally {
      this.telling = false;
    }
  }

  send(known) {
    const token = document.querySelector('meta[name="csrf-token"]').content;
    return heard(this.told.openings, {
      ...PLAIN,
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify(known),
    });
  }

  // -- what the page shows -----------------------------------------------------------------------

  say(name) {
    for (const line of this.place.querySelectorAll("[data-say]")) line.hidden = line.dataset.say !== name;
  }

  mark() {
    const whole = this.files.reduce((sum, file) => sum + file.size, 0);
    const here = this.files.reduce((sum, file) => sum + (this.here.get(file.sha256) ?? 0), 0);
    this.bar.max = whole || 1;
    this.bar.value = here;
    if (this.state && here < whole) {
      this.bar.hidden = false;
      this.say("coming");
    }
    this.place.querySelector("[data-count]").textContent = `${size(here)} / ${size(whole)}`;
    for (const row of this.papers.querySelectorAll("[data-sha]")) {
      const file = this.files.find((each) => each.sha256 === row.dataset.sha);
      const bytes = this.here.get(row.dataset.sha) ?? 0;
      row.querySelector("[data-kept]").hidden = !file || bytes < file.size;
      const part = row.querySelector("[data-part]");
      part.textContent = file && bytes && bytes < file.size ? `${Math.floor((100 * bytes) / file.size)} %` : "";
    }
  }
}

/** Fetch to the last byte, as long as bytes keep coming. */
async function heard(address, options) {
  const line = new AbortController();
  let silence;
  const wait = (step) => {
    clearTimeout(silence);
    silence = setTimeout(() => line.abort(), SILENCE);
    return step;
  };
  try {
    const answer = await wait(fetch(address, { ...options, signal: line.signal }));
    if (!answer.body || answer.status === 304) return answer;
    const reader = answer.body.getReader();
    const parts = [];
    for (let read = await wait(reader.read()); !read.done; read = await wait(reader.read())) parts.push(read.value);
    const headers = new Headers(answer.headers);
    headers.delete("Content-Encoding"); // unpacked already
    headers.delete("Content-Length");
    return new Response(new Blob(parts), { status: answer.status, headers });
  } catch (error) {
    throw error.name === "AbortError" ? new TypeError("silence") : error;
  } finally {
    clearTimeout(silence);
  }
}

async function hashOf(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const SHOWN = /^(application\/pdf|image\/(png|jpeg)|text\/plain)$/;

// As the server would answer: only kinds that do no harm are shown in place.
function keptAnswer(file, bytes) {
  const how = SHOWN.test(file.media_type) ? "inline" : "attachment";
  const isText = file.media_type.startsWith("text/");
  return new Response(bytes, {
    headers: {
      "Content-Type": isText ? `${file.media_type}; charset=utf-8` : file.media_type,
      "Content-Length": String(bytes.byteLength),
      "Content-Disposition": `${how}; filename*=UTF-8''${encodeURIComponent(file.filename)}`,
      "Content-Security-Policy": "default-src 'none'",
      "X-Content-Type-Options": "nosniff",
    },
  });
}
