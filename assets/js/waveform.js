// Draws the sound as bars, each in the colour of who speaks; a slider for eyes, fingers and keys.
const BAR = 3;
const GAP = 1;
// Longer sounds are not decoded in the browser: a line office PC would stand still.
const LONGEST = 20 * 60;

/** The picture of one sound. */
export class Waveform {
  constructor(place, { duration, peaks, sound, talks, label, seek }) {
    Object.assign(this, { place, duration, talks, seek, second: 0, peaks: null });
    this.canvas = document.createElement("canvas");
    place.append(this.canvas);
    place.hidden = false;
    this.slide(label);
    new ResizeObserver(() => this.draw()).observe(place);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    new MutationObserver(() => this.draw()).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
    this.load(peaks, sound);
  }

  slide(label) {
    const { place } = this;
    for (const [name, value] of Object.entries({ role: "slider", tabindex: "0", "aria-label": label, "aria-valuemin": "0" })) {
      place.setAttribute(name, value);
    }
    const go = (event) => {
      const box = place.getBoundingClientRect();
      const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
      if (this.duration) this.seek(share * this.duration);
    };
    place.addEventListener("pointerdown", (event) => {
      place.setPointerCapture(event.pointerId);
      go(event);
    });
    place.addEventListener("pointermove", (event) => {
      if (place.hasPointerCapture(event.pointerId)) go(event);
    });
    this.last(this.duration);
    this.at(0);
  }

  last(duration) {
    this.duration = duration || this.duration;
    this.place.setAttribute("aria-valuemax", String(Math.round(this.duration)));
    this.draw();
  }

  at(second) {
    this.second = second;
    const whole = Math.round(second);
    this.place.setAttribute("aria-valuenow", String(whole));
    this.place.setAttribute("aria-valuetext", `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`);
    this.draw();
  }

  async load(address, sound) {
    try {
      if (address) {
        const answer = await (await fetch(address)).json();
        this.peaks = full(answer.peaks);
        this.last(answer.duration);
      } else if (sound && this.duration && this.duration <= LONGEST) {
        this.peaks = await measure(sound);
      }
    } catch {
      // Without a picture there is still the sound, and a plain line to click on.
      this.peaks = null;
    }
    this.draw();
  }

  draw() {
    const { canvas, place } = this;
    const width = place.clientWidth;
    const height = place.clientHeight;
    if (!width || !height || !canvas) return;
    const scale = devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
    if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
    const pen = canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    const colours = palette();
    const bars = Math.floor(width / (BAR + GAP));
    const played = this.duration ? this.second / this.duration : 0;
    for (let i = 0; i < bars; i += 1) {
      const share = i / bars;
      const tall = Math.max(2, this.height(share, 1 / bars) * (height - 4));
      pen.globalAlpha = share < played ? 1 : 0.38;
      pen.fillStyle = colours[this.voice(share * this.duration)] ?? colours.rest;
      pen.fillRect(i * (BAR + GAP), (height - tall) / 2, BAR, tall);
    }
    pen.globalAlpha = 1;
    pen.fillStyle = colours.ink;
    pen.fillRect(Math.min(width - 2, played * width), 0, 2, height);
  }

  height(share, step) {
    if (!this.peaks?.length) return 0.12;
    const from = Math.floor(share * this.peaks.length);
    const to = Math.max(from + 1, Math.floor((share + step) * this.peaks.length));
    let most = 0;
    for (let i = from; i < to && i < this.peaks.length; i += 1) most = Math.max(most, Math.abs(this.peaks[i]));
    return most;
  }

  voice(second) {
    const talk = this.talks.find((each) => each.start <= second && second < each.end);
    return talk ? talk.voice % 8 : "rest";
  }
}

function palette() {
  const style = getComputedStyle(document.documentElement);
  const colours = { rest: style.getPropertyValue("--line-control"), ink: style.getPropertyValue("--ink") };
  for (let i = 0; i < 8; i += 1) colours[i] = style.getPropertyValue(`--voice-${i}`);
  return colours;
}

async function measure(sound) {
  const bytes = await (await fetch(sound)).arrayBuffer();
  // A low rate is enough for a picture, and keeps a quarter of an hour within some megabytes.
  const context = new OfflineAudioContext(1, 1, 8000);
  const samples = (await context.decodeAudioData(bytes)).getChannelData(0);
  const count = Math.min(4000, samples.length);
  const size = Math.floor(samples.length / count);
  const peaks = new Float32Array(count);
  for (let i = 0; i < count; i += 1) {
    for (let j = i * size; j < (i + 1) * size; j += 1) peaks[i] = Math.max(peaks[i], Math.abs(samples[j]));
  }
  return full(peaks);
}

// A quiet recording fills the picture as a loud one does.
function full(peaks) {
  const most = peaks.reduce((highest, peak) => Math.max(highest, peak), 0) || 1;
  return peaks.map((peak) => peak / most);
}
