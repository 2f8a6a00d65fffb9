import { integer, number, query, title } from "./format.js";
import { Refresher, json, panel, picture } from "./refresher.js";

const STEPS = 36;
const STRIP = 9;
const SIDE = 11;
/** Black lines between the images of a sheet, in pixels. */
const GAP = 2;
/** A plane reaches this far from the origin, in standard deviations. */
const REACH = 3;
/** Axes to choose from: those that matter most. */
const AXES = 16;

/** Images side by side, as the server lays them out. */
class Sheet {
  #image;
  #columns;

  constructor(image, count) {
    this.#image = image;
    this.#columns = Math.ceil(Math.sqrt(count));
    const rows = Math.ceil(count / this.#columns);
    this.width = (image.naturalWidth + GAP) / this.#columns - GAP;
    this.height = (image.naturalHeight + GAP) / rows - GAP;
  }

  draw(index, canvas) {
    canvas.width = this.width;
    canvas.height = this.height;
    const left = (index % this.#columns) * (this.width + GAP);
    const top = Math.floor(index / this.#columns) * (this.height + GAP);
    canvas.getContext("2d").drawImage(this.#image, left, top, this.width, this.height, 0, 0, this.width, this.height);
  }
}

/** Two ways through the latent space of a model. */
export class Playground {
  #model;
  #element;
  #between;
  #plane;
  #version;
  #refresher;

  constructor(model) {
    this.#model = model;
    this.#element = panel("playground", model, title(model));
    const name = title(model);
    for (const [walk, label] of [[".between", "from one seed to another"], [".plane", "along two latent axes"]]) {
      this.#element.querySelector(walk).setAttribute("aria-label", `${name}: ${label}`);
    }
    this.#field("position").setAttribute("aria-label", "Position between the seeds");
    const strip = this.#element.querySelector(".strip");
    for (let i = 0; i < STRIP; i++) {
      const canvas = strip.appendChild(document.createElement("canvas"));
      canvas.className = "ink";
      canvas.addEventListener("click", () => {
        this.#field("position").value = stripPosition(i);
        this.#showBetween();
      });
    }
    this.#listen(["from", "to"], "change", () => this.#loadBetween());
    this.#listen(["x", "y", "seed"], "change", () => this.#loadPlane());
    this.#listen(["position"], "input", () => this.#showBetween());
    this.#listen(["column", "row"], "input", () => this.#showPlane());
    this.#element.querySelector("[data-action=shuffle]").addEventListener("click", () => {
      this.#field("from").value = Math.floor(Math.random() * 10_000);
      this.#field("to").value = Math.floor(Math.random() * 10_000);
      this.#loadBetween();
    });
    const map = this.#element.querySelector(".map");
    map.addEventListener("pointerdown", (event) => {
      map.setPointerCapture(event.pointerId);
      this.#point(event);
    });
    map.addEventListener("pointermove", (event) => {
      if (event.buttons > 0 || event.pointerType === "mouse") {
        this.#point(event);
      }
    });
    this.#refresher = new Refresher(this.#element, 5_000, () => this.#load());
    document.querySelector("#playground .models").append(this.#element);
  }

  /** There is a new version. */
  update() {
    this.#refresher.ask();
  }

  async #load() {
    const latent = await json(`api/latent?${query({ model: this.#model })}`);
    if (this.#field("x").options.length === 0) {
      // Those that matter most are first; a model of one dimension has the same axis twice.
      const axes = latent.axes.slice(0, AXES);
      for (const [field, chosen] of [["x", axes[0]], ["y", axes[1] ?? axes[0]]]) {
        this.#field(field).append(...axes.map((axis) => new Option(`axis ${axis}`, axis, axis === chosen, axis === chosen)));
      }
    }
    this.#version = latent.version;
    await Promise.all([this.#loadBetween(), this.#loadPlane()]);
    this.#element.querySelector(".caption").textContent = `Drawn by version ${integer(latent.version)}.`;
  }

  async #loadBetween() {
    const image = await this.#picture("between", { from: this.#seed("from"), to: this.#seed("to"), count: STEPS });
    if (image !== undefined) {
      this.#between = new Sheet(image, STEPS);
      this.#element.querySelectorAll(".strip canvas").forEach((canvas, i) => this.#between.draw(stripPosition(i), canvas));
      this.#showBetween();
    }
  }

  async #loadPlane() {
    const image = await this.#picture("plane", {
      x: this.#field("x").value, y: this.#field("y").value, seed: this.#seed("seed"), side: SIDE,
    });
    if (image !== undefined) {
      this.#plane = new Sheet(image, SIDE * SIDE);
      image.alt = `${SIDE} by ${SIDE} images on the plane of two latent axes`;
      this.#element.querySelector(".map .sheet").replaceChildren(image);
      this.#showPlane();
    }
  }

  async #picture(walk, parameters) {
    try {
      return await picture(`latent/${walk}.png?${query({ model: this.#model, ...parameters, version: this.#version })}`);
    } catch {
      return undefined; // The server is gone, or has refused a parameter: what is shown stays.
    }
  }

  #showBetween() {
    const position = Number(this.#field("position").value);
    const share = `${Math.round((100 * position) / (STEPS - 1))} % of the way`;
    this.#field("position").setAttribute("aria-valuetext", share);
    this.#draw(this.#between, position, ".between .current", `Image at ${share}`);
  }

  #showPlane() {
    const column = Number(this.#field("column").value);
    const row = Number(this.#field("row").value);
    for (const [field, at] of [["column", column], ["row", row]]) {
      this.#field(field).setAttribute("aria-valuetext", number(coordinate(at)));
    }
    const marker = this.#element.querySelector(".marker");
    marker.style.left = `${(100 * column) / SIDE}%`;
    marker.style.top = `${(100 * (SIDE - 1 - row)) / SIDE}%`;
    const place = `${number(coordinate(column))} across, ${number(coordinate(row))} up`;
    this.#draw(this.#plane, (SIDE - 1 - row) * SIDE + column, ".plane .current", `Image at ${place}`);
  }

  #draw(sheet, index, selector, label) {
    const canvas = this.#element.querySelector(selector);
    canvas.setAttribute("aria-label", label);
    sheet?.draw(index, canvas);
  }

  #point(event) {
    const box = this.#element.querySelector(".map").getBoundingClientRect();
    this.#field("column").value = Math.floor(((event.clientX - box.left) / box.width) * SIDE);
    this.#field("row").value = SIDE - 1 - Math.floor(((event.clientY - box.top) / box.height) * SIDE);
    this.#showPlane();
  }

  /** What somebody has typed, as the integer nearest to it. */
  #seed(name) {
    return Math.trunc(Number(this.#field(name).value)) || 0;
  }

  #field(name) {
    return this.#element.querySelector(`[data-field="${name}"]`);
  }

  #listen(fields, event, handle) {
    fields.forEach((name) => this.#field(name).addEventListener(event, handle));
  }
}

function coordinate(index) {
  return REACH * ((2 * index) / (SIDE - 1) - 1);
}

function stripPosition(i) {
  return Math.round((i * (STEPS - 1)) / (STRIP - 1));
}
