import { ago, integer, percent, query, title } from "./format.js";
import { panel } from "./refresher.js";

/** Images of a model on the page. */
const CELLS = 32;
const KINDS = { vae: "variational autoencoder", gan: "generative adversarial network" };

/** The newest images of a model, and how it is. */
export class Wall {
  #next = 0;
  #shown = new Array(CELLS);
  #element;
  #buttons;
  #images = new Array(CELLS);

  constructor(model, choose) {
    this.#element = panel("wall", model, title(model));
    this.#element.querySelector(".kind").textContent = KINDS[model] ?? "";
    const samples = this.#element.querySelector(".samples");
    samples.href = `samples.png?${query({ model, seed: 0, count: 100 })}`;
    samples.setAttribute("aria-label", `100 samples of ${title(model)}`);
    const grid = this.#element.querySelector(".grid");
    grid.setAttribute("aria-label", `Newest images of ${title(model)}`);
    this.#buttons = Array.from({ length: CELLS }, (_, index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.disabled = true;
      button.setAttribute("aria-label", "No image yet");
      button.tabIndex = index === 0 ? 0 : -1;
      button.addEventListener("click", () => choose(this.#images[index]));
      grid.appendChild(document.createElement("li")).append(button);
      return button;
    });
    grid.addEventListener("keydown", (event) => this.#move(event));
    grid.addEventListener("focusin", (event) => this.#remember(this.#buttons.indexOf(event.target)));
    document.querySelector("#live .models").append(this.#element);
  }

  get starting() {
    return this.#element.dataset.state === "starting";
  }

  show(status) {
    this.#element.dataset.state = status.state;
    this.#element.querySelector(".samples").hidden = status.version === null;
    this.#fact("imagesGenerated", integer(status.imagesGenerated));
    if (status.version !== null) {
      this.#fact("version", integer(status.version));
      this.#fact("step", integer(status.step));
      this.#fact("imagesLearned", integer(status.imagesLearned));
      this.#fact("zeroRatio", percent(status.zeroRatio));
      this.#fact("staleness", ago(status.stalenessSeconds));
    }
  }

  /** A cell stays where it is until its turn comes again: calmer than images that wander. */
  add(image) {
    const id = `${image.partition} ${image.offset} ${image.sha256}`;
    if (this.#shown.includes(id)) {
      return; // Told again after a reconnect.
    }
    this.#shown[this.#next] = id;
    this.#images[this.#next] = image;
    const img = document.createElement("img");
    img.src = image.png;
    img.alt = "";
    img.className = "ink";
    const button = this.#buttons[this.#next];
    button.disabled = false;
    button.classList.toggle("asked", image.request !== null);
    const asked = image.request === null ? "" : `, asked for by ${image.request}`;
    button.setAttribute("aria-label", `Image ${image.index} of ${title(image.model)}, version ${image.version}${asked}`);
    button.replaceChildren(img);
    this.#next = (this.#next + 1) % CELLS;
  }

  /** One stop for the Tab key, arrows from there. */
  #move(event) {
    const columns = getComputedStyle(event.currentTarget).gridTemplateColumns.split(" ").length;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    const to = this.#buttons.indexOf(document.activeElement) + steps[event.key];
    if (this.#buttons[to]?.disabled === false) {
      event.preventDefault();
      this.#buttons[to].focus();
    }
  }

  #remember(focused) {
    this.#buttons.forEach((button, index) => {
      button.tabIndex = index === focused ? 0 : -1;
    });
  }

  #fact(name, text) {
    const element = this.#element.querySelector(`[data-fact="${name}"]`);
    if (element.textContent !== text) {
      element.textContent = text;
    }
  }
}
