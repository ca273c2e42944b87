// The paper of the minutes as a desk: a block is typed where it stands, parted, joined, moved, taken
// back, and found without diacritics.
import * as drafts from "./drafts.js";
import { Editor, post } from "./editing.js";
import { offerNames } from "./names.js";
import { Finder } from "./seek.js";
import { toast } from "./toast.js";

let isAwake = false;

/** Bring a page of minutes to life: its desk, or only the fields of a form. */
export function start(piece) {
  if (!isAwake) offerNames();
  isAwake = true;
  if ("desk" in piece.dataset) new Desk(piece).begin();
}

class BlockEditor extends Editor {
  static words = ".block-words";

  whereTo(row) {
    return row.dataset.save;
  }

  listen() {
    super.listen(null);
    const on = (name, run) => this.piece.querySelector(`[data-${name}]`).addEventListener("click", run);
    on("part", () => this.ask("split", { at: this.wordsBefore() }, this));
    on("join", () => this.ask("join", {}, this));
    on("more", () => this.ask("more", {}, this));
    this.showEvidence();
  }

  // What was said lies beside the words while they are typed; a click on its second plays it.
  showEvidence() {
    const quotes = this.row.querySelector(".quotes");
    const place = this.piece.querySelector("[data-evidence]");
    if (quotes) place.append(...[...quotes.cloneNode(true).childNodes]);
    else place.remove();
  }

  wordsBefore() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const inside = /\S$/.test(before) && /^\S/.test(this.field.value.slice(before.length));
    return before.split(/\s+/).filter(Boolean).length - (inside ? 1 : 0);
  }

  say(state, words = "") {
    super.say(state, words);
    const place = this.piece.querySelector("[data-state]");
    if (state === "saved") place.textContent = `${place.dataset.saved} ${new Date().toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit" })}`;
  }

  take(answer, sent) {
    super.take(answer, sent);
    const bar = document.getElementById("bar");
    if (bar && answer.bar) {
      bar.outerHTML = answer.bar;
      document.getElementById("bar").dispatchEvent(new CustomEvent("piece:fresh", { bubbles: true }));
    }
  }
}

class Desk {
  constructor(piece) {
    this.piece = piece;
    this.template = document.querySelector("template[data-editor]");
    this.finder = new Finder(piece.querySelector("[data-find-bar]"), () => this.sheet);
    this.done = [];
    this.undone = [];
  }

  get sheet() {
    return document.querySelector(".sheet");
  }

  begin() {
    document.addEventListener("click", (event) => this.click(event));
    document.addEventListener("keydown", (event) => this.key(event), true);
    addEventListener("pagehide", () => this.editors().forEach((editor) => editor.goodbye()));
    addEventListener("online", () => this.editors().forEach((editor) => editor.save()));
    this.piece.querySelector("[data-find-open]").addEventListener("click", () => this.finder.open());
    this.piece.querySelector("[data-undo]")?.addEventListener("click", () => this.undo());
    this.piece.querySelector("[data-redo]")?.addEventListener("click", () => this.redo());
    this.offerDrafts();
  }

  editors() {
    return [...document.querySelectorAll(".block.is-edited")].map((row) => row.editor).filter(Boolean);
  }

  // -- by hand ----------------------------------------------------------------------------------

  click(event) {
    if (!this.template || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const row = event.target.closest(".block[data-save]");
    if (!row || row.editor || !event.target.closest(".block-words") || String(getSelection()).trim()) return;
    this.edit(row, caretAt(event, row));
  }

  /** Type in a block where it stands. */
  edit(row, caret = null) {
    if (!row?.dataset.save || !this.template || !row.querySelector(".block-words")) return;
    if (!row.editor) {
      this.finder.clear();
      new BlockEditor(row, this.template, {
        ask: (what, fields, editor) => this.ask(what, fields, editor),
        closed: (now, after) => this.closed(now, after),
      });
    }
    row.editor.focus(caret);
    row.editor.grow();
  }

  closed(row, { stay, undo }) {
    row.dispatchEvent(new CustomEvent("piece:fresh", { bubbles: true }));
    if (stay) row.focus({ preventScroll: true });
    this.offerDrafts();
    if (undo === null) return;
    this.remember({ id: row.id, before: undo, after: wordsOf(row) });
    if (row.matches(".block-direction")) this.refresh(stay ? row.id : "");
  }

  // Parting, joining and the whole form are asked of what is saved.
  async ask(what, fields, editor) {
    if (!(await editor.save())) return;
    const { id } = editor.row;
    editor.close(false);
    const row = document.getElementById(id);
    if (what === "more") row.querySelector("[data-whole]").click();
    else this.change(row, what, fields);
  }

  // -- changes of the whole paper -----------------------------------------------------------------

  async change(row, what, fields = {}) {
    try {
      const answer = await post(row.dataset.save.replace(/words$/, what), { version: row.dataset.version, ...fields });
      if (answer.version) this.remember({ number: answer.version });
      await this.refresh(answer.block || row.id);
    } catch (error) {
      toast(error.message || document.body.dataset.wordsFailed);
    }
  }

  /** Show the paper as it stands now; what is being typed is saved first and stays open if it cannot be. */
  async refresh(id = "") {
    for (const editor of this.editors()) {
      await editor.leave();
      if (editor.row.editor) return;
    }
    const answer = await fetch(location.pathname);
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const place of [".sheet", "#bar"]) {
      const fresh = page.querySelector(place);
      const here = document.querySelector(place);
      if (!fresh || !here) continue;
      here.replaceWith(fresh);
      fresh.dispatchEvent(new CustomEvent("piece:fresh", { bubbles: true }));
    }
    const row = id && document.getElementById(id);
    if (!row) return;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  // -- taking back --------------------------------------------------------------------------------

  remember(step) {
    this.done.push(step);
    this.undone = [];
    this.showSteps();
  }

  showSteps() {
    const set = (name, steps) => {
      const button = this.piece.querySelector(`[data-${name}]`);
      if (button) button.disabled = !steps.length;
    };
    set("undo", this.done);
    set("redo", this.undone);
  }

  undo() {
    return this.walk(this.done, this.undone, this.piece.dataset.wordsUndone);
  }

  redo() {
    return this.walk(this.undone, this.done, this.piece.dataset.wordsRedone);
  }

  // Taking back is a change like any other: what others wrote since is merged or kept.
  async walk(from, to, words) {
    const step = from.pop();
    if (!step) {
      toast(this.piece.dataset.wordsNothing);
      return;
    }
    try {
      to.push(await this.reverse(step));
      toast(words);
      await this.refresh(step.id ?? "");
    } catch (error) {
      toast(error.message || document.body.dataset.wordsFailed);
    }
    this.showSteps();
  }

  async reverse(step) {
    if (step.number) {
      const answer = await post(this.piece.dataset.takeBack.replace("/0/", `/${step.number}/`), {});
      return { number: answer.version };
    }
    const row = document.getElementById(step.id);
    if (!row) throw new Error(this.piece.dataset.wordsNothing);
    const { before, after } = step;
    const answer = await post(row.dataset.save, { text: before, base: after, version: row.dataset.version });
    if (answer.state === "clash") throw new Error();
    return { id: step.id, before: after, after: answer.text };
  }

  // -- by keyboard --------------------------------------------------------------------------------

  key(event) {
    if (event.isComposing) return;
    const held = event.ctrlKey || event.metaKey;
    const letter = event.key.toLowerCase();
    const { target } = event;
    const inBar = target.closest?.("[data-find-bar]");
    if (held && !event.altKey && letter === "f") {
      if (inBar) this.finder.close(); // the second press is the browser's own
      else take(event, () => this.finder.open());
      return;
    }
    const editor = target.closest?.(".block.is-edited")?.editor;
    if (editor && target === editor.field) this.keyTyping(event, editor, held);
    else if (!/^(INPUT|TEXTAREA|SELECT)$/.test(target.nodeName) && !target.closest?.("dialog")) this.keyReading(event, held, letter);
  }

  keyTyping(event, editor, held) {
    if (editor.piece.querySelector(".names:not([hidden])")) return;
    if (event.key === "Escape" || (event.key === "Enter" && held)) take(event, () => editor.leave({ stay: true }));
    else if (event.key === "Enter" && !event.shiftKey && !event.altKey) event.preventDefault(); // one block is one paragraph
  }

  keyReading(event, held, letter) {
    if (!this.template) return;
    const row = document.activeElement.closest?.(".block[data-save]");
    if (held && letter === "z") take(event, () => (event.shiftKey ? this.redo() : this.undo()));
    else if (held && letter === "y") take(event, () => this.redo());
    else if (held) return;
    else if (row && event.altKey && /^Arrow(Up|Down)$/.test(event.key)) {
      take(event, () => this.change(row, "move", { step: event.key === "ArrowUp" ? -1 : 1 }));
    } else if (event.altKey) return;
    else if (letter === "j" || letter === "k") take(event, () => this.neighbour(row, letter === "j" ? 1 : -1));
    else if (event.key === "Enter" && event.target === row) take(event, () => this.edit(row));
  }

  neighbour(row, step) {
    const rows = [...document.querySelectorAll(".block[data-save]")];
    const at = row ? rows.indexOf(row) + step : rows.findIndex((each) => each.getBoundingClientRect().bottom > 160);
    const next = rows[Math.min(rows.length - 1, Math.max(0, at))];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  }

  // -- what the line swallowed --------------------------------------------------------------------

  offerDrafts() {
    const note = document.querySelector("[data-drafts]");
    if (!note) return;
    const found = drafts.left().filter((draft) => document.getElementById(draft.id) && !document.getElementById(draft.id).editor);
    note.replaceChildren();
    note.hidden = !found.length;
    if (!found.length) return;
    note.append(note.dataset.words);
    for (const draft of found) note.append(button(`${note.dataset.open} “${draft.text.slice(0, 40)}…”`, () => this.resume(draft)));
    note.append(button(note.dataset.discard, () => {
      for (const draft of found) drafts.drop(draft.id);
      note.hidden = true;
    }));
  }

  resume(draft) {
    const row = document.getElementById(draft.id);
    this.edit(row);
    row.editor.resume(draft);
    this.offerDrafts();
  }
}

const wordsOf = (row) => row.querySelector(".block-words").textContent.split(/\s+/).filter(Boolean).join(" ");

function take(event, run) {
  event.preventDefault();
  event.stopPropagation();
  run();
}

function button(text, run) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", run);
  return made;
}

// In letters of the block: where the click set the caret.
function caretAt(event, row) {
  const words = row.querySelector(".block-words");
  const spot = document.caretRangeFromPoint?.(event.clientX, event.clientY);
  if (!spot || !words.contains(spot.startContainer)) return null;
  const before = document.createRange();
  before.setStart(words, 0);
  before.setEnd(spot.startContainer, spot.startOffset);
  return String(before).length;
}
