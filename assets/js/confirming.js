// The proposals of a meeting on one page: walked through, heard, corrected, parted, joined, confirmed
// and taken back by keyboard. Every deed is a form of the page; here it is sent without leaving it.
import { offerNames } from "./names.js";
import { toast } from "./toast.js";

let isAwake = false;
// What is not done twice by a finger that rests on its key
const WEIGHTY = "cmxu";

/** Bring the page of proposals to life, or only the fields of one proposal's form. */
export function start(piece) {
  if (!isAwake) {
    offerNames();
    document.addEventListener("click", chooseDay);
  }
  isAwake = true;
  if ("confirming" in piece.dataset) new Page(piece).begin();
}

class Page {
  constructor(piece) {
    this.piece = piece;
    this.done = [];
    this.busy = false;
    this.next = null;
  }

  begin() {
    // The list is replaced after each deed, so the page itself listens.
    document.addEventListener("keydown", (event) => this.key(event), true);
    document.addEventListener("submit", (event) => this.submit(event));
    document.addEventListener("click", (event) => this.click(event));
    const asked = /^#d\d+$/.test(location.hash) && document.querySelector(location.hash);
    if (asked) asked.focus({ preventScroll: true });
  }

  get cards() {
    return [...document.querySelectorAll("#proposals [data-card]")];
  }

  get card() {
    return document.activeElement?.closest?.("#proposals [data-card]") ?? null;
  }

  // -- by hand ----------------------------------------------------------------------------------

  click(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const opener = event.target.closest("#proposals [data-open]");
    if (opener) {
      event.preventDefault();
      this.open(opener);
      return;
    }
    const reason = event.target.closest("#proposals [data-reason]");
    if (reason) this.because(reason);
    const part = event.target.closest("#proposals [data-part]");
    if (part) this.partAtCaret(part.form);
    const cancel = event.target.closest("#proposals [data-place] .form-actions a");
    if (cancel) {
      event.preventDefault();
      this.close(cancel.closest("[data-card]"));
    }
  }

  because(button) {
    const { form } = button.closest("details").querySelector("input[name=reason]");
    form.elements.reason.value = button.dataset.reason;
    form.requestSubmit();
  }

  // -- by keyboard ------------------------------------------------------------------------------

  key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const { target, key } = event;
    const { card } = this;
    if (key === "Escape") this.escape(event, card);
    if (target.closest?.("dialog")) return;
    const menu = card?.querySelector("details[data-menu][open]");
    if (menu && /^[1-9]$/.test(key) && !(target.matches("input") && target.value)) {
      const reason = menu.querySelectorAll("[data-reason]")[Number(key) - 1];
      if (reason) take(event, () => this.because(reason));
      return;
    }
    // A radio button answers to no letter; everything else one types into does.
    if (/^(TEXTAREA|SELECT)$/.test(target.nodeName) || target.matches?.("input:not([type=radio])")) return;
    const letter = key.length === 1 ? key.toLowerCase() : key;
    const isRadio = target.matches?.("input[type=radio]");
    const moves = {
      j: () => this.step(card, 1),
      k: () => this.step(card, -1),
      ArrowDown: !isRadio && card && (() => this.step(card, 1)),
      ArrowUp: !isRadio && card && (() => this.step(card, -1)),
      " ": card && target === card && (() => this.play(card)),
      p: card && (() => this.play(card)),
      c: card && (() => this.send(card, "form[data-act=confirm]")),
      e: card && (() => this.press(card, "[data-open=edit]")),
      s: card && (() => this.press(card, "[data-open=split]")),
      m: card && (() => this.press(card, "[data-merge]")),
      x: card && (() => this.dismiss(card)),
      u: () => this.undo(card),
      a: () => document.querySelector("[data-add]")?.click(),
    };
    if (!moves[letter]) return;
    // Holding a key must not give out what nobody has read; while one thing is under way, moving on waits.
    if (this.busy || (event.repeat && WEIGHTY.includes(letter))) take(event, () => (this.next = WEIGHTY.includes(letter) ? null : letter));
    else take(event, moves[letter]);
  }

  /** Press the key again that was pressed while something was under way. */
  catchUp() {
    const key = this.next;
    this.next = null;
    if (key) document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }

  escape(event, card) {
    const isOpen = card && (card.querySelector("[data-place] form") || card.querySelector("details[data-menu][open]"));
    if (!isOpen || card.querySelector(".names:not([hidden])")) return;
    take(event, () => this.close(card));
  }

  step(card, by) {
    const { cards } = this;
    const at = card ? cards.indexOf(card) + by : 0;
    this.go(cards[Math.min(cards.length - 1, Math.max(0, at))]);
  }

  go(card) {
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: "nearest" });
  }

  play(card) {
    const { player } = document.querySelector("[data-player]") ?? {};
    if (player && !player.audio.paused) player.toggle();
    else card.querySelector("[data-play]")?.click();
  }

  press(card, what) {
    card.querySelector(what)?.click();
  }

  send(card, what) {
    card.querySelector(what)?.requestSubmit();
  }

  dismiss(card) {
    const menu = card.querySelector("input[name=reason]")?.closest("details");
    if (!menu) return;
    menu.open = true;
    menu.querySelector("input[name=reason]").focus();
  }

  // -- opening a form in its card -----------------------------------------------------------------

  open(opener) {
    const card = opener.closest("[data-card]");
    const place = card.querySelector("[data-place]");
    const ready = () => place.querySelector("textarea, select")?.focus();
    place.addEventListener("htmx:afterSettle", ready, { once: true });
    document.dispatchEvent(new CustomEvent("piece:fetch", { detail: { address: opener.href, target: `#${place.id}` } }));
  }

  close(card) {
    card.querySelector("[data-place]")?.replaceChildren();
    for (const menu of card.querySelectorAll("details[data-menu][open]")) menu.open = false;
    this.go(card);
  }

  async partAtCaret(form) {
    const field = form.querySelector("[data-caret]");
    const before = field.value.slice(0, field.selectionStart);
    const inside = /\S$/.test(before) && /^\S/.test(field.value.slice(before.length));
    const at = before.split(/\s+/).filter(Boolean).length - (inside ? 1 : 0);
    if (field.value !== field.defaultValue) {
      toast(this.words.wordsSave);
      return;
    }
    const card = form.closest("[data-card]");
    await this.deed(card, field.dataset.caret, { csrf_token: form.elements.csrf_token.value, version: form.elements.version.value, at });
  }

  get words() {
    return document.getElementById("proposals").dataset;
  }

  // -- sending ------------------------------------------------------------------------------------

  submit(event) {
    const form = event.target;
    if (!form.closest("#proposals") || "whole" in form.dataset || event.defaultPrevented) return;
    event.preventDefault();
    const card = form.closest("[data-card]");
    this.deed(card, form.action, Object.fromEntries(new FormData(form)), form);
  }

  /** Do one thing and show the page as it stands then. */
  async deed(card, address, fields, form = null, remember = true) {
    if (this.busy) return;
    this.busy = true;
    try {
      const answer = await fetch(address, {
        method: "POST",
        headers: { Accept: "application/json", "HX-Request": "true", "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content },
        body: new URLSearchParams(fields),
      });
      const isForm = !answer.headers.get("Content-Type")?.includes("json");
      if (isForm && form) this.again(form, await answer.text());
      else await this.tell(card, await answer.json(), answer.ok, form, remember);
    } catch {
      toast(document.body.dataset.wordsFailed);
    } finally {
      this.busy = false;
      this.catchUp();
    }
  }

  // The form came back: what is wrong stands beside the fields, and what was typed in them.
  again(form, text) {
    const place = form.closest("[data-place]");
    place.innerHTML = text;
    place.dispatchEvent(new CustomEvent("piece:fresh", { bubbles: true }));
    place.querySelector("[role=alert]")?.scrollIntoView({ block: "center" });
    place.querySelector("textarea")?.focus({ preventScroll: true });
  }

  async tell(card, said, isDone, form, remember) {
    toast(said.message);
    if (!isDone) return;
    form?.dispatchEvent(new Event("kept:safe"));
    if (remember && said.undo) this.done.push(said.undo);
    const isOver = form?.matches("[data-act=confirm]") || /(dismiss)$/.test(form?.action ?? "");
    const { cards } = this;
    const next = isOver ? cards[cards.indexOf(card) + 1]?.id : `d${said.direction}`;
    await this.refresh(next, card?.id);
  }

  /** Show the proposals as they stand now; a form that is being written stays open. */
  async refresh(id, own) {
    const answer = await fetch(location.pathname);
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("proposals");
    const here = document.getElementById("proposals");
    if (!fresh) return;
    fresh.dataset.awake = "1";
    for (const place of here.querySelectorAll("[data-place]")) {
      if (place.firstElementChild && place.closest("[data-card]").id !== own) fresh.querySelector(`#${place.id}`)?.replaceWith(place);
    }
    here.replaceWith(fresh);
    fresh.dispatchEvent(new CustomEvent("piece:fresh", { bubbles: true }));
    this.go(document.getElementById(id) ?? document.getElementById(own) ?? this.cards[0]);
  }

  // -- taking back --------------------------------------------------------------------------------

  async undo(card) {
    const restore = card?.querySelector("[data-restore]");
    if (restore) {
      restore.form.requestSubmit();
      return;
    }
    const step = this.done.pop();
    if (step) await this.deed(card, step.action, step.fields, null, false);
    else toast(this.words.wordsNothing);
  }
}

function take(event, run) {
  event.preventDefault();
  event.stopPropagation();
  run();
}

// "+7 ngày" counts from the day it was said, "cuối tháng" is the last day of that month.
function chooseDay(event) {
  const button = event.target.closest("[data-day]");
  if (!button) return;
  const [year, month, day] = button.closest("[data-days]").dataset.from.split("-").map(Number);
  const { day: wanted } = button.dataset;
  const found = wanted === "end" ? new Date(Date.UTC(year, month, 0)) : new Date(Date.UTC(year, month - 1, day + Number(wanted)));
  const field = button.form.elements.due;
  field.value = found.toISOString().slice(0, 10);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}
