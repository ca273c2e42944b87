// Ctrl+F on the paper: finds without diacritics, also in what is being typed; a second press, or one
// within the field, is the browser's own.
import { places } from "./folded.js";

/** The finder of a sheet of paper. */
export class Finder {
  constructor(bar, root) {
    Object.assign(this, { bar, root, hits: [], at: -1 });
    this.field = bar.querySelector("input");
    this.count = bar.querySelector("[data-find-count]");
    this.field.addEventListener("input", () => this.look());
    this.field.addEventListener("keydown", (event) => this.key(event));
    for (const button of bar.querySelectorAll("[data-find-step]")) {
      button.addEventListener("click", () => this.step(Number(button.dataset.findStep)));
    }
    bar.querySelector("[data-find-close]").addEventListener("click", () => this.close());
  }

  open() {
    this.from = document.activeElement;
    this.bar.hidden = false;
    this.field.focus();
    this.field.select();
    this.look();
  }

  close() {
    this.clear();
    this.bar.hidden = true;
    if (this.from?.isConnected) this.from.focus();
  }

  key(event) {
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter") this.step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  clear() {
    for (const mark of this.root().querySelectorAll("mark.found-here")) {
      const place = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      place.normalize();
    }
    this.hits = [];
    this.at = -1;
  }

  look() {
    this.clear();
    const words = this.field.value.trim();
    if (words) this.find(words);
    if (this.hits.length) this.step(1, { stay: true });
    else this.count.textContent = words ? "0" : "";
  }

  find(words) {
    const nodes = [];
    const walk = document.createTreeWalker(this.root(), NodeFilter.SHOW_ALL, {
      acceptNode: (node) => (node.nodeType === 1 && (node.hidden || node.matches("details, dialog, button, .block-tools")) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT),
    });
    while (walk.nextNode()) {
      const node = walk.currentNode;
      if (node.nodeType === 3 && node.data.trim()) nodes.push(node);
      else if (node.nodeName === "TEXTAREA") nodes.push(node);
    }
    for (const node of nodes) {
      if (node.nodeName === "TEXTAREA") {
        for (const [start, end] of places(node.value, words)) this.hits.push({ field: node, start, end });
      } else if (node.parentNode.nodeName !== "TEXTAREA") this.mark(node, words);
    }
  }

  mark(node, words) {
    const marks = [];
    for (const [start, end] of places(node.data, words).reverse()) {
      const range = document.createRange();
      range.setStart(node, start);
      range.setEnd(node, end);
      const mark = document.createElement("mark");
      mark.className = "found-here";
      range.surroundContents(mark);
      marks.unshift({ mark });
    }
    this.hits.push(...marks);
  }

  step(by, { stay = false } = {}) {
    if (!this.hits.length) return;
    this.hits[this.at]?.mark?.classList.remove("is-current");
    this.at = (this.at + by + this.hits.length) % this.hits.length;
    const hit = this.hits[this.at];
    this.count.textContent = `${this.at + 1}/${this.hits.length}`;
    if (hit.mark) {
      hit.mark.classList.add("is-current");
      hit.mark.scrollIntoView({ block: "center" });
      return;
    }
    hit.field.setSelectionRange(hit.start, hit.end);
    hit.field.scrollIntoView({ block: "center" });
    // The field shows what is marked in it only while it is the one typed in.
    if (!stay) hit.field.focus({ preventScroll: true });
  }
}
