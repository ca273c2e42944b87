// Names from the directory while one types: a field with data-names offers them for its line, or after
// the sign in data-names-after.
const PAUSE = 150;
let count = 0;

/** Offer names in every field of the page that wants them, now and later. */
export function offerNames() {
  document.addEventListener("focusin", ({ target }) => {
    if (target.dataset?.names && !target.names) target.names = new Names(target);
  });
}

class Names {
  constructor(field) {
    count += 1;
    Object.assign(this, { field, found: [], at: -1, asked: 0 });
    this.list = document.createElement("ul");
    Object.assign(this.list, { className: "names", id: `names-${count}`, hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", field.labels?.[0]?.textContent ?? field.getAttribute("aria-label") ?? "");
    field.after(this.list);
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.list.id);
    field.addEventListener("input", () => this.typed());
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("blur", () => this.hide());
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the caret stays
      const item = event.target.closest("[role=option]");
      if (item) this.take(Number(item.dataset.at));
    });
  }

  // Where the name that is being typed begins; -1 where none is.
  begin() {
    const sign = this.field.dataset.namesAfter;
    const before = this.field.value.slice(0, this.field.selectionStart);
    if (!sign) return before.lastIndexOf("\n") + 1;
    const at = before.lastIndexOf(sign);
    return at >= 0 && before.length - at < 60 && !/[.;:\n]/.test(before.slice(at)) ? at : -1;
  }

  typed() {
    clearTimeout(this.timer);
    const begin = this.begin();
    const sign = this.field.dataset.namesAfter ?? "";
    const words = begin < 0 ? "" : this.field.value.slice(begin + sign.length, this.field.selectionStart).trim();
    if (!words) {
      this.hide();
      return;
    }
    this.timer = setTimeout(() => this.ask(words), PAUSE);
  }

  async ask(words) {
    this.asked += 1;
    const mine = this.asked;
    try {
      const answer = await fetch(`${this.field.dataset.names}?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } });
      const found = answer.ok ? await answer.json() : [];
      if (mine === this.asked && document.activeElement === this.field) this.show(found);
    } catch {
      this.hide(); // without a line one types the whole name
    }
  }

  show(found) {
    this.found = found;
    this.list.replaceChildren(...found.map((name, at) => {
      const item = document.createElement("li");
      item.id = `${this.list.id}-${at}`;
      item.setAttribute("role", "option");
      item.dataset.at = at;
      item.textContent = name;
      return item;
    }));
    this.list.hidden = !found.length;
    this.choose(found.length ? 0 : -1);
  }

  choose(at) {
    this.at = at;
    [...this.list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    if (at >= 0) this.field.setAttribute("aria-activedescendant", `${this.list.id}-${at}`);
    else this.field.removeAttribute("aria-activedescendant");
  }

  hide() {
    this.asked += 1;
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.choose(-1);
  }

  key(event) {
    if (this.list.hidden || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const { length } = this.found;
    const moves = {
      ArrowDown: () => this.choose((this.at + 1) % length),
      ArrowUp: () => this.choose((this.at - 1 + length) % length),
      Enter: () => this.take(this.at),
      Tab: () => this.take(this.at),
      Escape: () => this.hide(),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    moves[event.key]();
  }

  take(at) {
    const begin = this.begin();
    const name = this.found[at];
    if (begin < 0 || !name) return;
    this.field.setRangeText(name, begin, this.field.selectionStart, "end");
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.hide();
  }
}
