// Ten hours of sentences: those near the eye are there, the others keep their room until they come near.
const NEAR = "1500px 0px";

/** The stretches of a transcript, each a list of sentences or a place that waits for it. */
export class Stretches {
  constructor(place, { filled }) {
    this.place = place;
    this.filled = filled;
    this.coming = new Map();
    this.near = new IntersectionObserver((seen) => {
      for (const each of seen) if (each.isIntersecting) this.load(each.target);
    }, { rootMargin: NEAR });
    this.reserve();
  }

  // A sentence that was not seen yet is taken to be as tall as those that were.
  reserve() {
    const list = this.place.querySelector("[data-stretch]");
    const count = list?.children.length ?? 0;
    this.tall = count ? list.getBoundingClientRect().height / count : 64;
    for (const wait of this.place.querySelectorAll("[data-wait]")) {
      wait.style.height = `${Math.round(this.tall * Number(wait.dataset.count))}px`;
      wait.querySelector("a").tabIndex = -1;
      this.near.observe(wait);
    }
  }

  load(wait) {
    if (!this.coming.has(wait)) this.coming.set(wait, this.fetch(wait).finally(() => this.coming.delete(wait)));
    return this.coming.get(wait);
  }

  async fetch(wait) {
    try {
      const answer = await fetch(wait.dataset.wait, { headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const list = piece(await answer.text());
      this.near.unobserve(wait);
      this.swap(wait, list);
      this.filled(list);
      return list;
    } catch {
      // The line dropped: ask again when it comes near the next time, or after a while.
      setTimeout(() => {
        this.near.unobserve(wait);
        if (wait.isConnected) this.near.observe(wait);
      }, 3000);
      return null;
    }
  }

  // What stands below must not jump: browsers that anchor do it themselves, for the others we scroll.
  swap(wait, list) {
    const before = wait.getBoundingClientRect();
    wait.replaceWith(list);
    if (CSS.supports("overflow-anchor", "auto") || before.bottom > 0) return;
    scrollBy({ top: list.getBoundingClientRect().height - before.height, behavior: "instant" });
  }

  /** The list or waiting place in which a second stands. */
  around(second) {
    let found = this.place.firstElementChild;
    for (const each of this.place.children) {
      if (Number(each.dataset.start) > second + 0.05) break;
      found = each;
    }
    return found;
  }

  /** Fetch what stands at a second, if it is not there; true when it is there now. */
  async reach(second) {
    const found = this.around(second);
    if (!found?.dataset.wait) return Boolean(found);
    return Boolean(await this.load(found));
  }
}

/** Make the one element a text describes. */
export function piece(text) {
  const made = document.createElement("template");
  made.innerHTML = text.trim();
  return made.content.firstElementChild;
}
