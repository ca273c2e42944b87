// Sends many documents at once: two at a time, each in pieces, each going on by itself after the line dropped.
import { Upload } from "tus-js-client";
import { acceptDrops, tell } from "./drops.js";
import { isTheLine, options, sentence } from "./sending.js";
import { size } from "./sizes.js";

const AT_ONCE = 2;
// After its own tries tus-js-client gives up; the line may be away for an hour.
const LATER = 30_000;

/** Make the form around a dropzone with data-many, and the places with data-place, send by themselves. */
export function start(zone) {
  const desk = new Desk(zone);
  const form = zone.closest("form");
  const input = zone.querySelector("input[type=file]");
  form.addEventListener("submit", (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    const { place, title } = form.elements;
    desk.take(input.files, place?.value, title?.value);
    input.value = "";
    if (title) title.value = "";
    form.dispatchEvent(new Event("input", { bubbles: true })); // nothing typed waits any more
    tell(zone, input);
  });
  desk.openPlaces(document);
  window.addEventListener("online", () => desk.wake());
}

class Desk {
  constructor(zone) {
    this.zone = zone;
    this.board = document.querySelector("[data-sendings]");
    this.list = this.board.querySelector("[data-lines]");
    this.template = this.board.querySelector("template");
    this.lines = [];
  }

  words(name) {
    return this.zone.dataset[`words${name}`];
  }

  openPlaces(root) {
    for (const place of root.querySelectorAll("[data-place]")) {
      acceptDrops(place, (files) => this.take(files, place.dataset.place));
    }
  }

  take(files, place, title) {
    const about = { ...JSON.parse(this.zone.dataset.metadata || "{}"), ...this.terms() };
    if (Number(place)) about.item = place;
    if (title && files.length === 1) about.title = title;
    for (const file of files) this.lines.push(new Line(this, file, about));
    this.board.hidden = false;
    this.board.scrollIntoView({ block: "nearest" });
    this.pump();
  }

  /** Who may open what is sent: as the form says, also for what is dropped elsewhere. */
  terms() {
    const form = this.zone.closest("form");
    const { access, guard } = form.elements;
    if (!access) return {};
    const units = [...form.querySelectorAll("[name=units]:checked")].map((tick) => tick.value);
    return { access: access.value, guard: guard.value, units: units.join(",") };
  }

  pump() {
    let free = AT_ONCE - this.lines.filter((line) => line.state === "sending").length;
    for (const line of this.lines) {
      if (free > 0 && line.state === "waiting") {
        free -= 1;
        line.send();
      }
    }
  }

  wake() {
    for (const line of this.lines) if (line.state === "broken") line.become("waiting");
    this.pump();
  }

  drop(line) {
    this.lines = this.lines.filter((other) => other !== line);
    this.board.hidden = !this.lines.length;
    this.pump();
  }

  async arrived() {
    this.pump();
    if (this.lines.some((line) => ["sending", "waiting", "broken"].includes(line.state))) return;
    const { done } = this.zone.dataset;
    const allGood = this.lines.every((line) => line.state === "done");
    if (done && allGood) location.assign(done);
    else await this.refresh();
  }

  /** Show the documents that have come, without touching what is still on its way. */
  async refresh() {
    const shown = document.querySelector("#papers");
    if (!shown) return;
    const answer = await fetch(location.pathname);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("#papers");
    if (!fresh) return;
    shown.replaceChildren(...fresh.childNodes);
    this.openPlaces(shown);
    shown.dispatchEvent(new CustomEvent("piece:fresh", { bubbles: true }));
  }
}

class Line {
  constructor(desk, file, about) {
    this.desk = desk;
    this.file = file;
    this.about = about;
    const made = desk.template.content.cloneNode(true).firstElementChild;
    this.row = made;
    this.says = made.querySelector("[data-words]");
    this.bar = made.querySelector("progress");
    this.pause = made.querySelector("[data-pause]");
    made.querySelector("[data-name]").textContent = file.name;
    this.bar.setAttribute("aria-label", file.name);
    this.pause.addEventListener("click", () => this.toggle());
    made.querySelector("[data-remove]").addEventListener("click", () => this.remove());
    desk.list.append(made);
    const largest = Number(desk.zone.dataset.largest);
    if (largest && file.size > largest) this.refuse(desk.words("Large"));
    else this.become("waiting", desk.words("Waiting"));
  }

  become(state, words) {
    this.state = state;
    this.row.dataset.state = state;
    if (words) this.says.textContent = words;
    this.bar.hidden = state === "refused" || state === "done";
    this.pause.hidden = this.bar.hidden;
    const closes = this.row.querySelector("[data-remove-words]");
    if (this.bar.hidden) closes.textContent = closes.dataset.close;
    const says = this.pause.querySelector("[data-pause-words]");
    says.textContent = state === "paused" || state === "broken" ? says.dataset.resume : says.dataset.pause;
  }

  async send() {
    this.become("sending", this.desk.words("Sending"));
    if (!this.upload) {
      this.upload = new Upload(this.file, this.options());
      const before = await this.upload.findPreviousUploads();
      if (before.length) {
        this.upload.resumeFromPreviousUpload(before[0]);
        document.getElementById(`u-${before[0].uploadUrl.split("/").pop()}`)?.remove();
      }
    }
    if (this.state === "sending") this.upload.start();
  }

  options() {
    return {
      ...options(this.file, this.desk.zone.dataset.many, this.about),
      onProgress: (sent, whole) => this.show(sent, whole),
      onShouldRetry: (error) => {
        if (isTheLine(error)) this.says.textContent = this.desk.words("Paused");
        return isTheLine(error);
      },
      // All bytes were here before; what became of them is told with how many there are.
      onAfterResponse: (_request, response) => {
        const why = response.getHeader("Upload-Refusal");
        if (why) this.why = decodeURIComponent(why);
      },
      onError: (error) => this.fail(error),
      onSuccess: () => {
        if (this.why) this.refuse(this.why);
        else this.become("done", `${this.desk.words("Done")} · ${size(this.file.size)}`);
        this.desk.arrived();
      },
    };
  }

  show(sent, whole) {
    if (this.state !== "sending") return;
    this.bar.max = whole;
    this.bar.value = sent;
    this.says.textContent = `${this.desk.words("Sending")} · ${size(sent)} / ${size(whole)}`;
  }

  fail(error) {
    if (isTheLine(error)) {
      this.become("broken", this.desk.words("Paused"));
      setTimeout(() => this.desk.wake(), LATER);
    } else this.refuse(sentence(error) || this.desk.words("Failed"));
    this.desk.arrived();
  }

  refuse(why) {
    this.become("refused", why);
    this.says.classList.add("form-error");
  }

  toggle() {
    if (this.state === "paused" || this.state === "broken") this.become("waiting", this.desk.words("Waiting"));
    else {
      this.upload?.abort();
      this.become("paused", this.desk.words("Stopped"));
    }
    this.desk.pump();
  }

  remove() {
    const isOpen = this.state !== "done" && this.state !== "refused";
    // What cannot be told to the server now expires there by itself.
    if (isOpen) this.upload?.abort(Boolean(this.upload.url)).catch(() => {});
    this.state = "gone";
    this.row.remove();
    this.desk.drop(this);
  }
}
