// Sends a large file in pieces over the tus protocol: what was sent stays sent, whatever the line does.
import { Upload } from "tus-js-client";
import { acceptDrops } from "./drops.js";
import { isTheLine, options, sentence } from "./sending.js";
import { shown, size } from "./sizes.js";

/** Make a dropzone with data-upload send its file by itself. */
export function start(zone) {
  const sending = new Sending(zone);
  zone.querySelector("input[type=file]").addEventListener("change", (event) => {
    if (event.target.files[0]) sending.begin(event.target.files[0]);
  });
  acceptDrops(zone, (files) => sending.begin(files[0]));
  window.addEventListener("online", () => sending.resume());
}

class Sending {
  constructor(zone) {
    this.zone = zone;
    this.state = zone.querySelector("[data-state]");
    this.says = zone.querySelector("[data-words]");
    this.bar = zone.querySelector("progress");
    this.button = zone.querySelector("[data-pause]");
    this.pauseWords = this.button.textContent.trim();
    this.button.addEventListener("click", () => (this.running ? this.stop() : this.resume()));
    this.upload = null;
    this.running = false;
  }

  words(name) {
    return this.zone.dataset[`words${name}`];
  }

  async begin(file) {
    const largest = Number(this.zone.dataset.largest);
    this.state.hidden = false;
    if (largest && file.size > largest) {
      this.says.textContent = this.words("Large");
      return;
    }
    this.file = file;
    this.upload?.abort();
    this.upload = new Upload(file, this.options(file));
    const before = await this.upload.findPreviousUploads();
    if (before.length) this.upload.resumeFromPreviousUpload(before[0]);
    this.resume();
  }

  options(file) {
    return {
      ...options(file, this.zone.dataset.upload, JSON.parse(this.zone.dataset.metadata || "{}")),
      onProgress: (sent, whole) => this.show(sent, whole),
      onShouldRetry: (error) => {
        this.says.textContent = this.words("Paused");
        return isTheLine(error);
      },
      onError: (error) => this.fail(error),
      onSuccess: () => this.finish(),
    };
  }

  resume() {
    if (!this.upload || this.running || this.done) return;
    this.mark(true);
    this.began = null;
    this.upload.start();
  }

  stop() {
    this.upload.abort();
    this.mark(false);
    this.says.textContent = this.words("Stopped");
  }

  mark(running) {
    this.running = running;
    const says = this.button.querySelector("[data-pause-words]");
    says.textContent = running ? this.pauseWords : says.dataset.resume;
  }

  show(sent, whole) {
    const now = performance.now();
    this.began ??= { at: now, sent };
    this.bar.max = whole;
    this.bar.value = sent;
    const seconds = (now - this.began.at) / 1000;
    const speed = seconds > 1 ? (sent - this.began.sent) / seconds : 0;
    const left = speed > 0 ? ` · ${this.words("Left")} ${this.length((whole - sent) / speed)}` : "";
    this.says.textContent = `${this.words("Sending")} ${this.file.name} · ${size(sent)} / ${size(whole)}${left}`;
  }

  length(seconds) {
    if (seconds < 60) return `${Math.max(1, Math.round(seconds))} ${this.words("Second")}`;
    if (seconds < 5400) return `${Math.round(seconds / 60)} ${this.words("Minute")}`;
    return `${shown(seconds / 3600)} ${this.words("Hour")}`;
  }

  fail(error) {
    this.mark(false);
    this.says.textContent = sentence(error) || this.words("Failed");
  }

  finish() {
    this.done = true;
    this.button.hidden = true;
    this.bar.value = this.bar.max;
    this.says.textContent = `${this.words("Done")} · ${this.file.name}`;
    const id = this.upload.url.split("?")[0].replace(/\/$/, "").split("/").pop();
    if (this.zone.dataset.done) {
      location.assign(this.zone.dataset.done.replace("{id}", id).replace("%7Bid%7D", id));
      return;
    }
    const form = this.zone.closest("form");
    if (!form) return;
    const hidden = document.createElement("input");
    Object.assign(hidden, { type: "hidden", name: "upload", value: id });
    this.zone.querySelector("input[type=file]").disabled = true;
    form.append(hidden);
    form.submit();
  }
}
