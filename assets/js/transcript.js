// The transcript as a desk: it follows the sound, is corrected in place, and is shared with others.
import * as drafts from "./drafts.js";
import { Editor, post } from "./editing.js";
import { Feed } from "./feed.js";
import { Stretches } from "./stretches.js";
import { toast } from "./toast.js";
import { follow, unwrap, wrap } from "./words.js";

const FINE = 2;
const RATE = 0.25;

/** Bring a [data-transcript] to life. */
export function start(place) {
  new Desk(place).begin();
}

class Desk {
  constructor(place) {
    this.place = place;
    this.template = document.querySelector("[data-editor]");
    this.found = document.querySelector("[data-found]");
    this.window = document.getElementById("voice-dialog");
    const filled = (list) => this.tidy(list);
    this.stretches = new Stretches(place, { filled });
    this.feed = new Feed(place, this.stretches, {
      filled,
      changed: () => this.player?.follow(),
      everything: () => toast(place.dataset.wordsReload, { action: place.dataset.wordsLoad, run: () => location.reload(), seconds: 60 }),
    });
  }

  get player() {
    return document.querySelector("[data-player]")?.player;
  }

  begin() {
    const { place } = this;
    for (const list of place.querySelectorAll("[data-stretch]")) this.tidy(list);
    place.addEventListener("click", (event) => this.click(event));
    place.addEventListener("dblclick", (event) => this.edit(event.target.closest(".segment"), caretAt(event)));
    // A press takes a marking away before it becomes a click; a run of sentences is remembered.
    document.addEventListener("pointerdown", () => (this.marked = selectedRows()), true);
    place.addEventListener("pointerdown", (event) => {
      const text = event.target.closest(".segment-text");
      if (text) wrap(text.closest(".segment"));
    });
    place.addEventListener("focusin", (event) => this.enter(event));
    place.addEventListener("focusout", (event) => place.contains(event.relatedTarget) || this.release());
    document.addEventListener("keydown", (event) => this.key(event), true);
    document.addEventListener("click", (event) => this.clickOutside(event));
    document.addEventListener("transcript-changed", () => {
      this.window?.close();
      for (const menu of document.querySelectorAll(".voice-name[open]")) menu.open = false;
      document.activeElement?.closest?.("[data-voices]") && document.activeElement.blur();
      this.feed.ask();
    });
    document.addEventListener("htmx:afterSettle", ({ target }) => {
      if (target === this.found) this.found.querySelector("[data-find-field]")?.focus();
      if (this.found?.contains(target)) this.feed.ask();
    });
    document.addEventListener("sound:second", ({ detail }) => this.hear(detail));
    addEventListener("hashchange", () => this.goToAddress());
    addEventListener("pagehide", () => this.editors().forEach((editor) => editor.goodbye()));
    this.offerDrafts();
    this.goToAddress();
    this.fetchAgenda();
  }

  // It reads the whole transcript to find its places, which the sentences need not wait for.
  async fetchAgenda() {
    const place = document.querySelector("[data-agenda]");
    if (!place) return;
    try {
      const answer = await fetch(place.dataset.agenda, { headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected) return;
      place.innerHTML = await answer.text();
      place.dispatchEvent(new CustomEvent("piece:fresh", { bubbles: true }));
    } catch {
      // The link to the agenda's own page stays.
    }
  }

  // One stop for the Tab key in a whole transcript: the sentence one was at last.
  tidy(list) {
    if (!list) return;
    for (const row of list.children) {
      for (const each of row.querySelectorAll("a")) each.tabIndex = -1;
      const text = row.querySelector(".segment-text");
      if (text) text.tabIndex = -1;
      this.head(row);
    }
    if (!this.stop?.isConnected) this.stopAt(this.place.querySelector(".segment"));
  }

  stopAt(row) {
    const text = row?.querySelector(".segment-text");
    if (!text) return;
    if (this.stop) this.stop.tabIndex = -1;
    this.stop = text;
    text.tabIndex = 0;
  }

  // A sentence says whose it is where the one before it is somebody else's.
  head(row) {
    const before = this.neighbour(row, -1);
    if (before === undefined || row.classList.contains("segment-first")) return;
    if (!before || before.dataset.speaker === row.dataset.speaker) return;
    const chip = document.querySelector(`[data-voices] [data-voice="${row.dataset.speaker}"] .speaker`);
    if (!chip) return;
    const line = document.createElement("p");
    line.className = "segment-speaker";
    line.append(chip.cloneNode(true));
    row.prepend(line);
    row.classList.add("segment-first");
  }

  /** The sentence before or after; null at the ends, undefined where it is not fetched yet. */
  neighbour(row, step) {
    const side = step < 0 ? "previousElementSibling" : "nextElementSibling";
    if (row?.[side]) return row[side];
    const list = row?.parentElement?.[side];
    if (!list) return null;
    if (list.dataset.wait) return undefined;
    return step < 0 ? list.lastElementChild : list.firstElementChild;
  }

  async moveTo(step, from) {
    let next = this.neighbour(from, step);
    if (next === undefined) {
      const list = from.parentElement[step < 0 ? "previousElementSibling" : "nextElementSibling"];
      await this.stretches.load(list);
      next = this.neighbour(from, step);
    }
    return next;
  }

  editors() {
    return [...this.place.querySelectorAll(".is-edited")].map((row) => row.editor).filter(Boolean);
  }

  // -- by hand ----------------------------------------------------------------------------------

  click(event) {
    const row = event.target.closest(".segment");
    if (event.target.closest(".segment-edit") && this.template) {
      event.preventDefault();
      this.edit(row);
    } else if (event.target.closest(".segment-voice") && this.window) {
      event.preventDefault();
      this.ask(event.target.closest(".segment-voice").href);
    } else if (event.target.closest(".segment-text") && !String(getSelection()).trim()) {
      this.atWork = true;
      this.stopAt(row);
      this.stop?.focus({ preventScroll: true });
    }
  }

  clickOutside(event) {
    const go = event.target.closest("[data-go]");
    if (go && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.show(Number(go.dataset.go) + 0.01);
    }
    if (event.target.closest("[data-find]")) this.found.hidden = false;
    if (event.target.closest("[data-find-close]")) {
      this.found.hidden = true; // not emptied: an answer may still be on its way into it
      this.stop?.focus({ preventScroll: true });
    }
    const mark = event.target.closest("[data-mark-here]");
    if (mark) mark.form.querySelector("[data-second-of-sound]").value = this.player?.audio.currentTime ?? 0;
  }

  /** Correct a sentence where it stands. */
  edit(row, caret = null) {
    if (!row || !this.template || !row.querySelector(".segment-edit")) return;
    if (!row.editor) {
      new Editor(row, this.template, {
        ask: (address) => this.ask(address),
        closed: (now, after) => this.closed(now, after),
      });
    }
    this.atWork = true;
    row.editor.focus(caret);
    reveal(row);
  }

  closed(row, { stay, undo }) {
    this.tidy(row.parentElement);
    this.stopAt(row);
    if (stay) this.stop.focus({ preventScroll: true });
    this.player?.follow();
    this.offerDrafts();
    if (undo === null) return;
    const { wordsSaved, wordsUndo } = this.place.dataset;
    toast(wordsSaved, { action: wordsUndo, run: () => this.undo(row, undo), seconds: 8 });
  }

  async undo(row, text) {
    const there = document.getElementById(row.id) ?? row;
    const base = there.querySelector(".segment-text").textContent;
    try {
      await post(there.querySelector(".segment-edit").href, { text, base, version: there.dataset.version });
      toast(this.place.dataset.wordsUndone);
    } catch (error) {
      toast(error.message || document.body.dataset.wordsFailed);
    }
    this.feed.ask();
  }

  /** Ask in a window. A run of sentences that was marked with the mouse is proposed as the run. */
  ask(address) {
    let asked = address;
    if (this.marked?.length > 1 && address.endsWith("/voice")) {
      const first = this.marked[0].querySelector(".segment-edit").href.replace(/edit$/, "voice");
      asked = `${first}?until=${this.marked.at(-1).id.slice(1)}`;
    }
    document.getElementById("voice-window").replaceChildren();
    document.dispatchEvent(new CustomEvent("piece:fetch", { detail: { address: asked, target: "#voice-window" } }));
    this.window.showModal();
  }

  // -- by keyboard ------------------------------------------------------------------------------

  // Tab belongs to the page until one begins to work in the transcript; Esc gives it back.
  enter(event) {
    const row = event.target.closest(".segment");
    if (row && event.target.matches(".segment-text")) this.stopAt(row);
    if (event.target.matches("textarea")) this.atWork = true;
    this.place.classList.toggle("is-at-work", this.atWork);
  }

  release() {
    this.atWork = false;
    this.place.classList.remove("is-at-work");
  }

  key(event) {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "f") {
      this.openFind(event);
      return;
    }
    const row = event.target.closest?.(".segment");
    if (!row || !this.place.contains(row) || event.isComposing) return;
    const typing = event.target.matches("textarea") ? row.editor : null;
    if (!typing && !event.target.matches(".segment-text")) return;
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    const held = ctrlKey || metaKey;
    const moves = {
      Tab: !held && !altKey && !shiftKey && (typing || this.atWork) && (() => this.player?.toggle()),
      Escape: () => this.escape(typing),
      Enter: !altKey && !shiftKey && (() => this.confirm(row, typing, held)),
      ArrowUp: altKey ? () => this.player?.speed(RATE) : (held || !typing) && (() => this.walk(row, typing, -1)),
      ArrowDown: altKey ? () => this.player?.speed(-RATE) : (held || !typing) && (() => this.walk(row, typing, 1)),
      ArrowLeft: altKey && (() => this.player?.by(-FINE)),
      ArrowRight: altKey && (() => this.player?.by(FINE)),
    };
    if (!moves[key]) return;
    event.preventDefault();
    event.stopPropagation();
    moves[key]();
  }

  escape(typing) {
    if (typing) {
      typing.leave({ stay: true });
      return;
    }
    this.release();
  }

  confirm(row, typing, held) {
    if (!typing) this.edit(row);
    else if (held) typing.leave({ stay: true });
    else this.walk(row, typing, 1);
  }

  async walk(row, typing, step) {
    this.atWork = true;
    const next = await this.moveTo(step, row);
    if (!next) {
      if (typing) typing.leave({ stay: true });
      return;
    }
    if (typing) this.edit(next);
    else {
      this.stopAt(next);
      this.stop.focus({ preventScroll: true });
      reveal(next);
    }
    this.player?.seek(Number(next.dataset.start) + 0.01);
  }

  openFind(event) {
    const button = document.querySelector("[data-find]");
    // Not all sentences are in the page, so the browser's own search would miss some: ours comes
    // first, the browser's with the second press.
    if (!button || event.target.closest?.("[data-found]") || !this.place.querySelector("[data-wait]")) return;
    event.preventDefault();
    if (this.found.hidden || !this.found.children.length) button.click();
    else this.found.querySelector("[data-find-field]")?.focus();
  }

  // -- with the sound ---------------------------------------------------------------------------

  hear({ second, sentence, playing }) {
    if (sentence !== this.said) {
      if (this.said !== this.stop?.closest(".segment")) unwrap(this.said);
      this.said = sentence;
      if (sentence && !sentence.editor) wrap(sentence);
    }
    if (sentence && !sentence.editor) {
      wrap(sentence);
      follow(sentence, second);
    }
    const waits = this.stretches.around(second);
    if (waits?.dataset.wait && (playing || second > 0)) this.stretches.load(waits).then(() => this.player?.follow());
  }

  /** Bring the sentence at a second before the eye. */
  async show(second) {
    this.player?.seek(second);
    await this.stretches.reach(second);
    this.player?.follow();
    const row = rowAt(this.place, second);
    if (!row) return;
    this.stopAt(row);
    row.scrollIntoView({ block: "center" });
  }

  goToAddress() {
    const second = /(?:^#|&)t=([\d.]+)/.exec(location.hash);
    if (second) this.show(Number(second[1]));
    else if (/^#[sp]\d+$/.test(location.hash)) {
      // The waiting places above have just got their height.
      const target = document.querySelector(location.hash);
      target?.scrollIntoView({ block: target.matches(".segment") ? "center" : "start" });
    }
  }

  offerDrafts() {
    const note = document.querySelector("[data-drafts]");
    const found = drafts.left().filter((draft) => !document.getElementById(draft.id)?.editor);
    if (!note || !this.template) return;
    note.replaceChildren();
    note.hidden = !found.length;
    if (!found.length) return;
    note.append(note.dataset.words);
    const button = (words, run) => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = words;
      made.addEventListener("click", run);
      note.append(made);
    };
    for (const draft of found) button(clock(draft.start), () => this.resume(draft));
    button(note.dataset.discard, () => {
      for (const draft of found) drafts.drop(draft.id);
      note.hidden = true;
    });
  }

  async resume(draft) {
    await this.show(draft.start + 0.01);
    const row = document.getElementById(draft.id);
    if (!row) return;
    this.edit(row);
    row.editor.resume(draft);
    this.offerDrafts();
  }
}

function rowAt(place, second) {
  let found = null;
  for (const each of place.querySelectorAll(".segment")) {
    if (Number(each.dataset.start) > second + 0.05) break;
    found = each;
  }
  return found;
}

function reveal(row) {
  const { top, bottom } = row.getBoundingClientRect();
  if (top < 180 || bottom > innerHeight - 80) row.scrollIntoView({ block: "center" });
}

// In letters of the sentence: where a double click set the caret.
function caretAt(event) {
  const text = event.target.closest?.(".segment-text");
  const spot = document.caretRangeFromPoint?.(event.clientX, event.clientY);
  if (!text || !spot || !text.contains(spot.startContainer)) return null;
  const before = document.createRange();
  before.setStart(text, 0);
  before.setEnd(spot.startContainer, spot.startOffset);
  getSelection().removeAllRanges();
  return String(before).length;
}

function selectedRows() {
  const selection = getSelection();
  if (selection.isCollapsed || !selection.rangeCount) return [];
  const range = selection.getRangeAt(0);
  return [...document.querySelectorAll("[data-transcript] .segment")].filter((row) => range.intersectsNode(row));
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return (parts[0] ? parts : parts.slice(1)).map((part) => String(part).padStart(2, "0")).join(":");
}
