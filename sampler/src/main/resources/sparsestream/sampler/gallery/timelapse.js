import { integer, percent, query, title } from "./format.js";
import { Refresher, json, panel, picture } from "./refresher.js";

const FRAME_MS = 120;

/** The same seeds drawn by past versions, one at a time. */
export class TimeLapse {
  #model;
  #versions = [];
  #pictures = new Map();
  #element;
  #slider;
  #sheet;
  #caption;
  #play;
  #timer;
  #refresher;

  constructor(model) {
    this.#model = model;
    this.#element = panel("timelapse", model, title(model));
    this.#sheet = this.#element.querySelector(".sheet");
    this.#slider = this.#element.querySelector("input");
    this.#caption = this.#element.querySelector(".caption");
    this.#play = this.#element.querySelector(".play");
    this.#slider.setAttribute("aria-label", `Version of ${title(model)}`);
    this.#play.setAttribute("aria-label", `Play the time-lapse of ${title(model)}`);
    this.#slider.addEventListener("input", () => {
      this.#stop();
      this.#show();
    });
    this.#play.addEventListener("click", () => (this.#timer === undefined ? this.#start() : this.#stop()));
    this.#refresher = new Refresher(this.#element, 2_000, () => this.#load());
    document.querySelector("#timelapse .models").append(this.#element);
  }

  /** There is a new version. */
  update() {
    this.#refresher.ask();
  }

  /** The slider stays at the version where it is, but at the newest it goes on with the newest. */
  async #load() {
    const { versions } = await json(`api/history?${query({ model: this.#model })}`);
    const atNewest = Number(this.#slider.value) >= this.#versions.length - 1;
    const chosen = this.#versions[this.#slider.value]?.version;
    this.#versions = versions;
    const newest = this.#versions.length - 1;
    const kept = this.#versions.findLastIndex((frame) => frame.version <= chosen);
    this.#slider.max = Math.max(0, newest);
    this.#slider.value = atNewest && this.#timer === undefined ? newest : Math.max(0, kept);
    for (const version of this.#pictures.keys()) {
      if (!this.#versions.some((frame) => frame.version === version)) {
        this.#pictures.delete(version);
      }
    }
    await this.#show();
  }

  async #show() {
    const index = Number(this.#slider.value);
    const frame = this.#versions[index];
    if (frame === undefined) {
      return;
    }
    const text = `Version ${integer(frame.version)}, ${integer(frame.imagesLearned)} images learned, `
      + `${percent(frame.zeroRatio)} zero weights`;
    this.#slider.setAttribute("aria-valuetext", text);
    this.#caption.textContent = text;
    try {
      const image = await this.#picture(frame.version);
      if (this.#versions[this.#slider.value]?.version === frame.version) {
        image.alt = `${title(this.#model)}: ${text}`;
        this.#sheet.replaceChildren(image);
      }
    } catch {
      // Thinned out a moment ago, or the server is gone.
    }
  }

  #picture(version) {
    if (!this.#pictures.has(version)) {
      this.#pictures.set(version, picture(`history.png?${query({ model: this.#model, version })}`));
    }
    return this.#pictures.get(version);
  }

  #start() {
    this.#play.textContent = "Pause";
    this.#play.setAttribute("aria-pressed", "true");
    if (Number(this.#slider.value) >= this.#versions.length - 1) {
      this.#slider.value = 0;
    }
    const step = async () => {
      await this.#show();
      if (this.#timer === undefined) {
        return;
      }
      if (Number(this.#slider.value) >= this.#versions.length - 1) {
        this.#stop();
        return;
      }
      this.#timer = setTimeout(() => {
        this.#slider.value = Number(this.#slider.value) + 1;
        step();
      }, FRAME_MS);
    };
    this.#timer = 0;
    step();
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#play.textContent = "Play";
    this.#play.setAttribute("aria-pressed", "false");
  }
}
