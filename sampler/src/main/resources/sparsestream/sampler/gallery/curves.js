import { compact, number, percent, query, title, words } from "./format.js";
import { json, panel } from "./refresher.js";

const HEIGHT = 120;
/** The first steps are far above all others; so much of the points may leave the picture at the top. */
const SPIKE = 0.03;
const ENOUGH_FOR_A_SPIKE = 40;
const MAX_POINTS = 500;

/** What is known by name comes first and in this order; whatever else a checkpoint tells gets a chart of its own. */
const CHARTS = {
  losses: { title: "Loss of the last batch", unit: " nats" },
  heldOutNelbo: { title: "Held-out −ELBO", unit: " nats" },
  frechetDistance: { title: "Fréchet distance" },
  classCoverage: { title: "Classes that are drawn" },
  zeroRatio: { title: "Zero weights", format: percent },
  freshnessSeconds: { title: "Freshness", unit: " s" },
};

const scheme = matchMedia("(prefers-color-scheme: dark)");
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** One small chart of the figures that belong together. */
class Chart {
  #names;
  #format;
  #values;
  #plot;
  #area;
  #data;
  #title;

  constructor(group, charts) {
    const known = CHARTS[group] ?? { title: words(group) };
    this.#title = known.title;
    this.#format = known.format ?? ((value) => number(value) + (known.unit ?? ""));
    const figure = document.createElement("figure");
    const caption = figure.appendChild(document.createElement("figcaption"));
    caption.appendChild(document.createElement("span")).textContent = known.title;
    this.#values = caption.appendChild(document.createElement("span"));
    this.#values.className = "values";
    this.#area = figure.appendChild(document.createElement("div"));
    this.#area.className = "plot";
    this.#area.setAttribute("role", "img");
    charts.append(figure);
    new ResizeObserver(() => this.#plot?.setSize({ width: this.#area.clientWidth, height: HEIGHT })).observe(this.#area);
    scheme.addEventListener("change", () => this.#draw());
  }

  show(names, points) {
    this.#data = [
      points.map((point) => point.imagesLearned),
      ...names.map((name) => points.map((point) => point.figures[name] ?? null)),
    ];
    if (this.#names?.join() !== names.join()) {
      this.#names = names;
      this.#draw();
    } else {
      this.#plot.setData(this.#data);
    }
    this.#tell(undefined);
    this.#area.setAttribute("aria-label", `${this.#title}: ${this.#names.map((name, i) => this.#summary(name, i)).join("; ")}`);
  }

  #summary(name, i) {
    const values = this.#data[i + 1].filter((value) => value !== null);
    return `${this.#label(name)} from ${this.#format(values[0])} to ${this.#format(values.at(-1))}`;
  }

  #label(name) {
    return words(name.slice(name.indexOf(".") + 1));
  }

  #draw() {
    this.#plot?.destroy();
    const axis = { stroke: color("--soft"), grid: { stroke: color("--line"), width: 1 }, ticks: { show: false }, font: "11px system-ui, sans-serif" };
    this.#plot = new uPlot({
      width: this.#area.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, y: false, points: { size: 7 } },
      scales: { x: { time: false }, y: { range: (plot) => this.#range(plot) } },
      axes: [
        { ...axis, grid: { show: false }, size: 22, gap: 2, space: 48, values: (_, ticks) => ticks.map(compact) },
        { ...axis, size: 44, gap: 4, space: 32, values: (_, ticks) => ticks.map(this.#tick()) },
      ],
      series: [
        {},
        ...this.#names.map((name, i) => ({
          label: name, stroke: color(`--line-${(i % 4) + 1}`), width: 1.75, spanGaps: true, points: { show: this.#data[0].length < 3, size: 5 },
        })),
      ],
      hooks: { setCursor: [(plot) => this.#tell(plot.cursor.idx ?? undefined)] },
    }, this.#data, this.#area);
  }

  #tick() {
    return this.#format === percent ? percent : compact;
  }

  /** Of what is drawn now, without the spike of the first steps. */
  #range(plot) {
    const values = plot.data.slice(1).flat().filter((value) => value !== null).sort((a, b) => a - b);
    if (values.length === 0) {
      return [0, 1];
    }
    const low = Math.min(values[0], this.#format === percent || values[0] < 5 ? 0 : values[0]);
    const spike = values.length < ENOUGH_FOR_A_SPIKE ? 0 : SPIKE;
    const high = values[Math.floor((values.length - 1) * (1 - spike))];
    const margin = (high - low) * 0.08 || Math.abs(high) * 0.1 || 0.01;
    return [low === 0 ? 0 : low - margin, high + margin];
  }

  /** The values under the pointer, or the last ones. */
  #tell(index) {
    const single = this.#names.length === 1;
    this.#values.replaceChildren(...this.#names.map((name, i) => {
      const values = this.#data[i + 1];
      const value = index === undefined ? values.findLast((candidate) => candidate !== null) : values[index];
      const text = value === null || value === undefined ? "–" : this.#format(value);
      const element = document.createElement("span");
      element.className = `value line-${(i % 4) + 1}`;
      element.textContent = single ? text : `${this.#label(name)} ${value === null || value === undefined ? "–" : number(value)}`;
      return element;
    }));
  }
}

/** The curves of a model. */
export class Curves {
  #model;
  #element;
  #points = [];
  #charts = new Map();

  constructor(model) {
    this.#model = model;
    this.#element = panel("curves", model, title(model));
    document.querySelector("#curves .models").append(this.#element);
  }

  /** All that the server knows, after connecting. */
  async load() {
    try {
      this.#points = (await json(`api/curves?${query({ model: this.#model })}`)).points;
      this.#show();
    } catch {
      // The server has gone again; the next connection asks again.
    }
  }

  add(point) {
    if (this.#points.length > 0 && point.version <= this.#points.at(-1).version) {
      return;
    }
    this.#points.push(point);
    if (this.#points.length > MAX_POINTS) {
      this.load(); // The server has thinned them.
    } else {
      this.#show();
    }
  }

  #show() {
    const points = forwards(this.#points);
    this.#element.querySelector(".nothing").hidden = points.length > 0;
    for (const [group, names] of groups(points)) {
      if (!this.#charts.has(group)) {
        this.#charts.set(group, new Chart(group, this.#element.querySelector(".charts")));
      }
      this.#charts.get(group).show(names, points);
    }
  }
}

/** Without what was taken back: after a rollback or a reset the curve goes on from where the model is. */
function forwards(points) {
  const kept = [];
  for (const point of points) {
    while (kept.length > 0 && kept.at(-1).imagesLearned >= point.imagesLearned) {
      kept.pop();
    }
    kept.push(point);
  }
  return kept;
}

/** Names of figures by chart: `losses.kl` and `losses.nelbo` share one. */
function groups(points) {
  const names = [...new Set(points.flatMap((point) => Object.keys(point.figures)))];
  const byGroup = new Map(Object.keys(CHARTS).map((group) => [group, []]));
  for (const name of names) {
    const group = name.split(".")[0];
    byGroup.set(group, [...(byGroup.get(group) ?? []), name]);
  }
  return [...byGroup].filter(([, members]) => members.length > 0);
}
