// The roll on the keyboard: one row a unit, one key a word, each row saves itself.
const KEYS = { 1: "present", c: "present", 2: "substitute", t: "substitute", 3: "late", m: "late", 4: "absent", v: "absent", 0: "" };
const RETRY = 5000;

/** Bring a form[data-roll] to life. */
export function start(form) {
  new Roll(form).begin();
}

class Roll {
  constructor(form) {
    this.form = form;
    this.find = form.querySelector("[data-roll-find]");
    this.unsaved = new Set();
  }

  begin() {
    const { form } = this;
    for (const name of form.querySelectorAll("[data-roll-row] th")) name.folded = fold(name.textContent);
    // Before the keys of every page: here j, k and / mean the rows of this list.
    document.addEventListener("keydown", (event) => this.key(event), true);
    this.find.addEventListener("input", () => this.narrow());
    form.addEventListener("htmx:afterRequest", (event) => this.answered(event));
    addEventListener("online", () => this.again());
    if (document.activeElement === document.body) this.go(this.rows()[0]);
  }

  rows() {
    return [...this.form.querySelectorAll("[data-roll-row]")].filter((row) => !row.hidden);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const { target, key } = event;
    const row = target.closest?.("[data-roll-row]");
    const done = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (key === "/" && target.type !== "text" && target.type !== "search") return done(this.find.focus());
    if (target === this.find) return this.searchKey(event, done);
    if (key === "ArrowDown" && (row || target === document.body)) return done(this.step(row, 1));
    if (key === "ArrowUp" && row) return done(this.step(row, -1));
    if (target.type === "text" && row) {
      if (key === "Enter") done(this.step(row, 1));
      if (key === "Escape") done(this.go(row));
      return;
    }
    if (!row) return;
    if (key === "j") return done(this.step(row, 1));
    if (key === "k") return done(this.step(row, -1));
    if (key === "Enter") return done(field(row).focus());
    if (key in KEYS) return done(this.say(row, KEYS[key]));
    // Anything else that is a letter begins a name, which the field takes in itself.
    if (/^\p{L}$/u.test(key)) field(row).focus();
  }

  searchKey(event, done) {
    if (event.key === "Enter" || event.key === "ArrowDown") return done(this.go(this.rows()[0]));
    if (event.key !== "Escape") return;
    this.find.value = "";
    done(this.narrow());
  }

  say(row, word) {
    const choice = row.querySelector(`input[type=radio][value="${word}"]`);
    if (!choice.checked) choice.click();
    // Who is there needs no more words; the others often do.
    if (word === "present") this.step(row, 1);
    else choice.focus();
  }

  step(row, by) {
    const rows = this.rows();
    const at = rows.indexOf(row);
    this.go(rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))]);
  }

  go(row) {
    if (!row) return;
    (row.querySelector("input[type=radio]:checked") ?? row.querySelector("input[type=radio]")).focus();
    row.scrollIntoView({ block: "nearest" });
  }

  narrow() {
    const wanted = fold(this.find.value.trim());
    for (const row of this.form.querySelectorAll("[data-roll-row]")) {
      row.hidden = !row.querySelector("th").folded.includes(wanted);
    }
  }

  answered({ target, detail }) {
    const row = target.closest("[data-roll-row]");
    if (!row) return;
    row.querySelector("[data-roll-state]").textContent = detail.successful ? "" : this.form.dataset.wordsUnsaved;
    if (detail.successful) this.unsaved.delete(row);
    else if (!detail.xhr.status || detail.xhr.status >= 500) {
      this.unsaved.add(row);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.again(), RETRY);
    }
    if (!this.unsaved.size) this.form.dispatchEvent(new CustomEvent("kept:safe"));
  }

  again() {
    for (const row of this.unsaved) row.dispatchEvent(new Event("change"));
  }
}

const field = (row) => row.querySelector("input[type=text]");

const fold = (text) => text.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/\p{M}/gu, "");
