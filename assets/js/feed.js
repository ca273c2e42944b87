// What others do to a transcript, and what the machine hears meanwhile, comes in every few seconds.
import { piece } from "./stretches.js";

const OFTEN = 2000;
const SELDOM = 5000;
const RARELY = 15000;
const CALM_AFTER = 3 * 60 * 1000;

/** Ask again and again what is new, and put it where it belongs. */
export class Feed {
  constructor(place, stretches, { changed, filled, everything }) {
    Object.assign(this, { place, stretches, changed, filled, everything });
    this.number = place.dataset.number;
    this.heard = place.dataset.heard;
    this.lively = Date.now();
    document.addEventListener("visibilitychange", () => document.hidden || this.ask());
    for (const name of ["online", "focus"]) addEventListener(name, () => this.ask());
    this.later();
  }

  later() {
    clearTimeout(this.timer);
    const isCalm = Date.now() - this.lively > CALM_AFTER;
    this.timer = setTimeout(() => this.ask(), "growing" in this.place.dataset ? OFTEN : isCalm ? RARELY : SELDOM);
  }

  async ask() {
    if (this.asking) {
      this.again = true;
      return;
    }
    this.asking = true;
    const found = document.hidden ? null : await this.fetch();
    this.asking = false;
    if (found) this.show(found);
    if (this.again) {
      this.again = false;
      this.ask();
    } else this.later();
  }

  async fetch() {
    const address = `${this.place.dataset.changes}?number=${this.number}&heard=${this.heard}`;
    try {
      const answer = await fetch(address, { headers: { "HX-Request": "true" } });
      const found = answer.ok && !answer.redirected ? piece(await answer.text()) : null;
      return found?.dataset.number ? found : null;
    } catch {
      return null; // the line is down; the next question brings everything
    }
  }

  show(found) {
    const chunks = [...found.querySelectorAll("ol[data-chunk]")];
    if (chunks.length) this.lively = Date.now();
    for (const chunk of chunks) this.take(chunk);
    const voices = found.querySelector("[data-voices]");
    if (voices) this.voices(voices);
    if ("everything" in found.dataset) this.everything();
    this.number = found.dataset.number;
    this.heard = found.dataset.heard;
    if (chunks.length) this.changed();
    if (!document.querySelector("#progress.live")) delete this.place.dataset.growing;
  }

  // A chunk comes whole: sentences that are not in it any more were cut or heard anew.
  take(chunk) {
    const rows = [...chunk.children];
    const ids = new Set(rows.map((row) => row.id));
    for (const there of this.place.querySelectorAll(`.segment[data-chunk="${chunk.dataset.chunk}"]`)) {
      if (!ids.has(there.id) && !there.editor) there.remove();
    }
    let before = null;
    for (const row of rows) {
      const there = document.getElementById(row.id);
      if (there) before = this.renew(there, row);
      else if (!this.place.dataset.only) before = this.insert(row, before) ?? before;
    }
  }

  renew(there, row) {
    if (there.editor) {
      there.editor.newer(row);
      return there;
    }
    if (same(there, row)) return there;
    const focused = there.contains(document.activeElement);
    row.classList.toggle("is-playing", there.classList.contains("is-playing"));
    there.replaceWith(row);
    this.filled(row.parentElement);
    if (focused) row.querySelector(".segment-text").focus({ preventScroll: true });
    return row;
  }

  insert(row, before) {
    if (before?.isConnected) before.after(row);
    else {
      const start = Number(row.dataset.start);
      let list = this.stretches.around(start);
      if (list?.dataset.wait) return null; // it will come with its stretch
      list = this.roomy(list, start);
      const next = [...list.children].find((each) => Number(each.dataset.start) > start);
      if (next) next.before(row);
      else list.append(row);
    }
    document.querySelector("[data-none]")?.remove();
    this.filled(row.parentElement);
    return row;
  }

  // A transcript that grows for hours grows by new lists, each of which the browser may leave alone.
  roomy(list, start) {
    const isEnd = list && list === this.place.lastElementChild && start > Number(list.lastElementChild?.dataset.start ?? Infinity);
    if (list && !(isEnd && list.children.length >= 80)) return list;
    const made = document.createElement("ol");
    made.className = "transcript";
    made.dataset.stretch = "";
    made.dataset.start = start;
    this.place.append(made);
    return made;
  }

  voices(fresh) {
    const there = document.querySelector("[data-voices]");
    if (!there || there.contains(document.activeElement) || there.outerHTML === fresh.outerHTML) return;
    const names = new Map();
    for (const row of fresh.querySelectorAll("[data-voice]")) names.set(row.dataset.voice, row.querySelector(".speaker"));
    there.replaceWith(fresh);
    fresh.dispatchEvent(new CustomEvent("piece:fresh", { bubbles: true }));
    for (const row of this.place.querySelectorAll(".segment-first")) {
      const chip = names.get(row.dataset.speaker)?.querySelector(".speaker-name");
      const name = row.querySelector(".speaker-name");
      if (chip && name && name.textContent !== chip.textContent) name.textContent = chip.textContent;
    }
  }
}

// The same sentence in the same state: nothing is gained by replacing it, and a selection would go.
function same(one, other) {
  const facts = ["version", "speaker", "start", "end"];
  return facts.every((each) => one.dataset[each] === other.dataset[each])
    && one.querySelector(".segment-text").textContent === other.querySelector(".segment-text").textContent
    && one.classList.contains("segment-first") === other.classList.contains("segment-first");
}
