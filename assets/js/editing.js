// A sentence, or a block of minutes, is corrected where it stands. What is typed is kept here at once, sent when the typing
// pauses, and never replaced from outside: what others wrote is merged by the server, word by word.
import * as drafts from "./drafts.js";
import { piece } from "./stretches.js";
import { unwrap } from "./words.js";

const PAUSE = 1000;
const AGAIN = [3000, 6000, 15000, 30000];

const tidy = (text) => text.split(/\s+/).filter(Boolean).join(" ");

/** One sentence being corrected; other kinds of text say where their words stand and how they are sent. */
export class Editor {
  static words = ".segment-text";

  constructor(row, template, { closed, ask }) {
    Object.assign(this, { row, closed, ask, tries: 0, sending: null, clash: null });
    unwrap(row);
    this.text = row.querySelector(this.constructor.words);
    this.address = this.whereTo(row);
    this.base = tidy(this.text.textContent);
    this.first = this.base;
    this.version = Number(row.dataset.version);
    this.fresh = null;
    this.piece = template.content.firstElementChild.cloneNode(true);
    this.field = this.piece.querySelector("textarea");
    this.field.value = this.base;
    this.text.hidden = true;
    this.text.after(this.piece);
    row.classList.add("is-edited");
    row.editor = this;
    const confirm = this.piece.querySelector("[data-confirm]");
    if (confirm) confirm.hidden = !("unsure" in row.dataset);
    this.listen(confirm);
    this.grow();
  }

  whereTo(row) {
    return row.querySelector(".segment-edit").href;
  }

  listen(confirm) {
    const on = (name, run) => this.piece.querySelector(`[data-${name}]`)?.addEventListener("click", run);
    this.field.addEventListener("input", () => this.typed());
    this.row.addEventListener("focusout", this.left);
    on("leave", () => this.leave({ stay: true }));
    on("reject", () => this.reject());
    on("voice", () => this.elsewhere("voice"));
    on("split", () => this.elsewhere("split"));
    on("keep-mine", () => this.settle(this.field.value));
    on("take-theirs", () => this.settle(this.clash.text));
    on("keep-both", () => this.settle(`${this.clash.text} ${this.field.value}`));
    confirm?.addEventListener("click", () => this.leave({ stay: true, confirm: true }));
  }

  focus(caret = null) {
    this.field.focus({ preventScroll: true });
    const at = caret ?? this.field.value.length;
    this.field.setSelectionRange(at, at);
  }

  get words() {
    return tidy(this.field.value);
  }

  get isClean() {
    return this.words === this.base;
  }

  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }

  say(state, words = "") {
    const place = this.piece.querySelector("[data-state]");
    place.textContent = words || (state ? place.dataset[state] : "");
    place.classList.toggle("tone-waiting", ["failed", "clash", "empty"].includes(state));
  }

  typed() {
    this.grow();
    const { base, version } = this;
    drafts.put(this.row.id, { text: this.field.value, base, version, start: Number(this.row.dataset.start) });
    clearTimeout(this.timer);
    if (this.clash) return;
    this.say("typing");
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  /** Take up words that were typed before the browser was closed. */
  resume(draft) {
    this.field.value = draft.text;
    this.base = draft.base;
    this.version = draft.version;
    this.typed();
  }

  /** Send what stands here; true when the server has it all. */
  async save({ confirm = false } = {}) {
    clearTimeout(this.timer);
    if (this.sending) {
      await this.sending;
      if (this.clash || this.failed) return false;
    }
    if (this.clash) return false;
    if (this.isClean && !confirm) return this.done();
    if (!this.words) {
      this.say("empty");
      return false;
    }
    this.sending = this.send(this.words);
    return this.sending;
  }

  done() {
    drafts.drop(this.row.id);
    if (!this.sending && this.tries === 0 && this.base === this.first) this.say("");
    return true;
  }

  async send(sent) {
    this.say("saving");
    this.failed = false;
    try {
      const answer = await post(this.address, { text: sent, base: this.base, version: this.version });
      this.tries = 0;
      this.take(answer, sent);
    } catch (error) {
      this.failed = true;
      if (error.message && error.isRefusal) this.say("failed", error.message);
      else {
        this.say("failed");
        this.timer = setTimeout(() => this.save(), AGAIN[Math.min(this.tries, AGAIN.length - 1)]);
        this.tries += 1;
      }
    } finally {
      this.sending = null;
    }
    if (!this.failed && !this.clash && !this.isClean && this.words) this.timer = setTimeout(() => this.save(), PAUSE);
    return !this.failed && !this.clash && this.isClean;
  }

  // The server's answer to the words that were sent; more may have been typed meanwhile.
  take(answer, sent) {
    this.fresh = answer.row;
    if (answer.state === "clash") {
      this.clash = answer;
      this.piece.querySelector("[data-clash]").hidden = false;
      this.piece.querySelector("[data-theirs]").textContent = answer.text;
      this.say("clash");
      return;
    }
    if (this.words === sent) {
      this.put(answer.text);
      this.base = answer.text;
      this.version = answer.version;
      drafts.drop(this.row.id);
    } else {
      // What is being typed grew out of what was sent. Where others' words came in between, the
      // version stays the old one, so that the next sending merges again.
      this.base = sent;
      if (answer.state === "saved") this.version = answer.version;
      this.typedOn();
    }
    if (answer.state === "merged") this.isMixed = true;
    this.row.dataset.version = answer.version;
    this.say(answer.state);
  }

  typedOn() {
    const { base, version } = this;
    drafts.put(this.row.id, { text: this.field.value, base, version, start: Number(this.row.dataset.start) });
  }

  // Put other words in without moving the caret from the word it stands in.
  put(text) {
    const { value } = this.field;
    if (tidy(value) === text) return;
    let head = 0;
    while (head < value.length && head < text.length && value[head] === text[head]) head += 1;
    let tail = 0;
    while (tail < value.length - head && tail < text.length - head && value.at(-1 - tail) === text.at(-1 - tail)) tail += 1;
    this.field.setRangeText(text.slice(head, text.length - tail), head, value.length - tail, "preserve");
    this.grow();
  }

  /** Somebody else changed this sentence: show it only if nothing of ours is at stake. */
  newer(row) {
    const version = Number(row.dataset.version);
    if (version > this.version && this.isClean && !this.sending && !this.clash) {
      this.base = tidy(row.querySelector(this.constructor.words).textContent);
      this.put(this.base);
      this.version = version;
      this.first = this.base;
      this.row.dataset.version = version;
    }
    if (version >= Number(this.row.dataset.version)) this.fresh = row.outerHTML;
  }

  // Both texts were seen; what is chosen replaces theirs, and both stay in the history.
  async settle(text) {
    this.base = this.clash.text;
    this.version = this.clash.version;
    this.clash = null;
    this.piece.querySelector("[data-clash]").hidden = true;
    this.put(tidy(text));
    this.focus();
    if (await this.save()) this.say("saved");
  }

  left = (event) => {
    // Another window came to the front, or the sound's own keys were pressed: the caret stays.
    if (!document.hasFocus() || this.row.contains(event.relatedTarget)) return;
    if (event.relatedTarget?.closest?.("[data-player], [data-find-bar], dialog")) {
      this.save();
      return;
    }
    this.leave();
  };

  /** Save and put the sentence back; stay with it by the keyboard where that is wished. */
  async leave({ stay = false, confirm = false } = {}) {
    if (this.leaving) return;
    this.leaving = true;
    let whole = await this.save({ confirm });
    // What was typed while the last words were on their way goes after them.
    while (!whole && !this.failed && !this.clash && this.words && !this.isClean) whole = await this.save();
    this.leaving = false;
    if (!whole && !(this.words === "" && !this.clash)) return; // it stays open until it is safe
    this.close(stay);
  }

  close(stay) {
    clearTimeout(this.timer);
    drafts.drop(this.row.id);
    this.row.removeEventListener("focusout", this.left);
    const hadFocus = this.row.contains(document.activeElement);
    this.row.editor = null;
    let row = this.row;
    if (this.fresh) {
      row = piece(this.fresh);
      for (const name of ["is-playing"]) row.classList.toggle(name, this.row.classList.contains(name));
      this.row.replaceWith(row);
    } else {
      this.piece.remove();
      this.text.hidden = false;
      row.classList.remove("is-edited");
    }
    // Taking back is offered where it takes back one's own words and nothing else.
    const isOwn = !this.isMixed && !("unsure" in this.row.dataset);
    const undo = isOwn && this.base !== this.first ? this.first : null;
    this.closed(row, { stay: stay && (hadFocus || document.activeElement === document.body), undo });
  }

  async reject() {
    if (!(await this.save())) return;
    try {
      const answer = await post(this.address.replace(/edit$/, "reject"), { version: this.version });
      this.fresh = answer.row;
      this.first = this.base;
      this.close(true);
    } catch (error) {
      this.say("failed", error.message);
    }
  }

  // Whose voice it is and where it is cut are asked in a window, of what is saved.
  async elsewhere(what) {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const at = tidy(before).split(" ").filter(Boolean).length;
    const inside = before && !/\s$/.test(before) && /^\S/.test(this.field.value.slice(before.length));
    if (!(await this.save())) return;
    const address = this.address.replace(/edit$/, what);
    this.close(false);
    this.ask(what === "split" ? `${address}?at=${Math.max(1, at - (inside ? 1 : 0))}` : address);
  }

  /** The page goes away: a last sending that outlives it. What was typed is kept here as well. */
  goodbye() {
    if (this.isClean || this.clash || !this.words || this.sending) return;
    post(this.address, { text: this.words, base: this.base, version: this.version }, { keepalive: true }).catch(() => {});
  }
}

/** Send a form and read the answer; a refusal carries the server's words. */
export async function post(address, fields, options = {}) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content },
    body: new URLSearchParams(fields),
    ...options,
  });
  const said = await answer.json();
  if (answer.ok || said.state === "clash") return said;
  throw Object.assign(new Error(said.message ?? ""), { isRefusal: answer.status < 500 && answer.status !== 429 });
}
