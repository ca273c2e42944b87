// Sound, its waveform in the speakers' colours, and the sentences that follow it.
import { Waveform } from "./waveform.js";

const STEP = 5;
const SLOWEST = 0.5;
const FASTEST = 2;

/** Give a [data-player] its waveform, its keys, and every sentence and play button of the page. */
export function start(piece) {
  const player = new Player(piece);
  piece.player = player;
  player.listen();
  player.goToAddress();
}

class Player {
  constructor(piece) {
    this.piece = piece;
    this.audio = piece.querySelector("audio");
    this.now = piece.querySelector("[data-now]");
    this.until = null;
    this.current = null;
    piece.querySelector("[data-controls]").hidden = false;
    this.audio.controls = false;
    this.wave = new Waveform(piece.querySelector("[data-wave]"), {
      duration: Number(piece.dataset.duration) || 0,
      peaks: piece.dataset.peaks,
      sound: this.audio.currentSrc || this.audio.src,
      talks: JSON.parse(piece.dataset.talks || "[]"),
      label: piece.getAttribute("aria-label"),
      seek: (second) => this.seek(second),
    });
  }

  listen() {
    const { audio, piece } = this;
    audio.preservesPitch = true;
    audio.addEventListener("play", () => {
      this.mark(true);
      this.frame();
    });
    audio.addEventListener("pause", () => this.mark(false));
    audio.addEventListener("timeupdate", () => this.follow());
    audio.addEventListener("seeked", () => this.follow());
    audio.addEventListener("loadedmetadata", () => {
      if (!Number.isFinite(audio.duration)) return;
      this.wave.last(audio.duration);
      piece.querySelector("[data-whole]").textContent = clock(audio.duration);
    });
    piece.querySelector("[data-toggle]").addEventListener("click", () => this.toggle());
    piece.querySelector("[data-rate]").addEventListener("change", (event) => {
      this.speed(Number(event.target.value) - audio.playbackRate);
    });
    for (const button of piece.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => this.step(Number(button.dataset.step)));
    }
    document.addEventListener("click", (event) => this.click(event));
    document.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("hashchange", () => this.goToAddress());
  }

  click(event) {
    const target = event.target.closest("[data-play]");
    if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // A button among the words (a repair taken back) has its own work.
    if (event.target.closest("button")) return;
    // Someone marking words to copy does not want them played.
    if (target.nodeName !== "A" && String(getSelection()).trim()) return;
    const holder = target.closest("[data-start]");
    if (!holder) return;
    event.preventDefault();
    const isSentence = holder.classList.contains("segment");
    const word = target.nodeName !== "A" && document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-at]");
    const second = Number(word ? word.dataset.at : holder.dataset.start);
    this.play(second, isSentence ? null : Number(holder.dataset.end) || null);
  }

  key(event) {
    const { target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || target.isContentEditable) return;
    if (/^(INPUT|TEXTAREA|SELECT|BUTTON|SUMMARY)$/.test(target.nodeName)) return;
    const moves = {
      " ": () => this.toggle(),
      ArrowLeft: () => this.seek(this.audio.currentTime - STEP),
      ArrowRight: () => this.seek(this.audio.currentTime + STEP),
      ArrowUp: () => this.step(-1),
      ArrowDown: () => this.step(1),
    };
    if (!moves[event.key] || (target.nodeName === "A" && event.key === " ")) return;
    event.preventDefault();
    moves[event.key]();
  }

  toggle() {
    this.until = null;
    if (this.audio.paused) this.begin();
    else this.audio.pause();
  }

  seek(second) {
    const { duration } = this.audio;
    this.audio.currentTime = Math.max(0, Number.isFinite(duration) ? Math.min(second, duration) : second);
  }

  by(seconds) {
    this.seek(this.audio.currentTime + seconds);
  }

  speed(change) {
    const rate = Math.min(FASTEST, Math.max(SLOWEST, this.audio.playbackRate + change));
    this.audio.playbackRate = rate;
    this.piece.querySelector("[data-rate]").value = String(rate);
  }

  // Words pass more quickly than the browser tells the time.
  frame() {
    this.tell();
    if (!this.audio.paused) requestAnimationFrame(() => this.frame());
  }

  tell() {
    const detail = { second: this.audio.currentTime, sentence: this.current, playing: !this.audio.paused };
    document.dispatchEvent(new CustomEvent("sound:second", { detail }));
  }

  play(second, until) {
    this.until = until;
    this.seek(second);
    this.begin();
  }

  // Whoever stops before the first sound is there has done nothing wrong.
  begin() {
    this.audio.play().catch((error) => {
      if (error.name !== "AbortError") throw error;
    });
  }

  step(by) {
    const sentences = this.sentences();
    const at = sentences.indexOf(this.at(this.audio.currentTime));
    const next = at < 0 ? null : sentences[Math.max(0, Math.min(sentences.length - 1, at + by))];
    if (next) this.seek(Number(next.dataset.start) + 0.01);
    else this.seek(this.audio.currentTime + by * STEP);
  }

  // Asked afresh each time: a corrected sentence is a new element.
  sentences() {
    return [...document.querySelectorAll("[data-transcript] .segment, [data-transcript] [data-wait]")];
  }

  at(second) {
    let found = null;
    for (const each of this.sentences()) {
      if (Number(each.dataset.start) > second + 0.05) break;
      found = each;
    }
    // A stretch of sentences that is not fetched yet holds the second.
    return found?.classList.contains("segment") ? found : null;
  }

  follow() {
    const second = this.audio.currentTime;
    this.now.textContent = clock(second);
    this.wave.at(second);
    if (this.until !== null && second >= this.until) {
      this.until = null;
      this.audio.pause();
    }
    const sentence = this.at(second);
    if (sentence !== this.current) this.moveOn(sentence, second);
    this.tell();
  }

  moveOn(sentence, second) {
    // Not only the one we know: a sentence that was corrected since is a new element.
    for (const each of document.querySelectorAll(".segment.is-playing")) {
      each.classList.remove("is-playing");
      each.removeAttribute("aria-current");
    }
    this.current = sentence;
    if (!sentence || (second === 0 && this.audio.paused)) return;
    sentence.classList.add("is-playing");
    sentence.setAttribute("aria-current", "true");
    const isTyping = /^(INPUT|TEXTAREA)$/.test(document.activeElement?.nodeName ?? "");
    if (!this.audio.paused && !isTyping) keepInSight(sentence);
  }

  mark(playing) {
    this.piece.classList.toggle("is-playing", playing);
  }

  goToAddress() {
    const found = /(?:^#|&)t=([\d.]+)/.exec(location.hash);
    if (!found) return;
    const second = Number(found[1]);
    this.seek(second);
    const sentence = this.at(second);
    sentence?.scrollIntoView({ block: "center" });
    this.follow();
  }
}

function keepInSight(element) {
  const { top, bottom } = element.getBoundingClientRect();
  if (top > 220 && bottom < innerHeight - 120) return;
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "center", behavior: isCalm ? "auto" : "smooth" });
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  const tail = String(whole % 60).padStart(2, "0");
  const minutes = Math.floor((whole % 3600) / 60);
  const head = whole >= 3600 ? `${Math.floor(whole / 3600)}:${String(minutes).padStart(2, "0")}` : String(minutes).padStart(2, "0");
  return `${head}:${tail}`;
}
