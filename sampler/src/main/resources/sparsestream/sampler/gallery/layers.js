import { integer, percent, query, title } from "./format.js";
import { Refresher, json, panel, picture } from "./refresher.js";

/** Which weights of each layer are zero. */
export class Layers {
  #model;
  #element;
  #refresher;
  #figures = new Map();

  constructor(model) {
    this.#model = model;
    this.#element = panel("layers", model, title(model));
    this.#refresher = new Refresher(this.#element, 5_000, () => this.#load());
    document.querySelector("#zeros .models").append(this.#element);
  }

  /** There is a new version. */
  update() {
    this.#refresher.ask();
  }

  async #load() {
    const { version, layers } = await json(`api/layers?${query({ model: this.#model })}`);
    for (const layer of layers.filter(({ pixels }) => pixels)) {
      const sees = layer.inputs > layer.outputs;
      const text = sees ? `${integer(layer.deadInputs)} pixels dropped` : `${percent(layer.zeroRatio)} zero`;
      await this.#show("pixels", layer.name, version, `${sees ? "Seen" : "Drawn"} by ${layer.name}`, text);
    }
    for (const layer of layers) {
      const text = `${layer.inputs} → ${layer.outputs}, ${percent(layer.zeroRatio)} zero`;
      await this.#show("matrix", layer.name, version, layer.name, text);
    }
  }

  async #show(view, layer, version, name, text) {
    const key = `${view} ${layer}`;
    if (!this.#figures.has(key)) {
      this.#figures.set(key, this.#figure(view));
    }
    const figure = this.#figures.get(key);
    const image = await picture(`layers.png?${query({ model: this.#model, layer, view, version })}`);
    image.alt = view === "pixels"
      ? `Pixels ${name[0].toLowerCase()}${name.slice(1)}, and how many of their weights are kept: ${text}`
      : `Weights of ${name}, zero or kept: ${text}`;
    figure.querySelector(".picture").replaceChildren(image);
    figure.querySelector(".name").textContent = name;
    figure.querySelector(".text").textContent = text;
  }

  #figure(view) {
    const figure = document.createElement("figure");
    figure.appendChild(document.createElement("div")).className = `picture is-${view}`;
    const caption = figure.appendChild(document.createElement("figcaption"));
    caption.appendChild(document.createElement("span")).className = "name";
    caption.appendChild(document.createElement("span")).className = "text";
    this.#element.querySelector(".pictures").append(figure);
    return figure;
  }
}
