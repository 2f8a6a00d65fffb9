"use strict";

/** Images of a model on the page. */
const CELLS = 32;
/** The server speaks every 2 s: without a word for so long, what the page shows is old. */
const STALE_MS = 6_000;
const RECONNECT_MS = 3_000;

const KINDS = { vae: "variational autoencoder", gan: "generative adversarial network" };
const numbers = new Intl.NumberFormat("en");
const percents = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

const status = document.getElementById("status");
const panels = new Map();
let source;
let heardAt = performance.now();
let openedAt = heardAt;
let connected = false;

class Panel {
  constructor(model) {
    this.model = model;
    this.next = 0;
    this.shown = new Array(CELLS);
    this.section = document.getElementById("model").content.firstElementChild.cloneNode(true);
    const heading = this.section.querySelector("h2");
    heading.textContent = model.toUpperCase();
    heading.id = `heading-${model}`;
    this.section.setAttribute("aria-labelledby", heading.id);
    this.section.querySelector(".kind").textContent = KINDS[model] ?? "";
    this.samples = this.section.querySelector(".samples");
    this.samples.href = `samples.png?model=${encodeURIComponent(model)}&seed=0&count=100`;
    this.samples.setAttribute("aria-label", `100 samples of ${model}`);
    const grid = this.section.querySelector(".grid");
    grid.setAttribute("aria-label", `Newest images of ${model}`);
    this.cells = Array.from({ length: CELLS }, () => grid.appendChild(document.createElement("li")));
    document.getElementById("models").append(this.section);
  }

  show(model) {
    this.section.dataset.state = model.state;
    this.samples.hidden = model.version === null;
    this.fact("imagesGenerated", numbers.format(model.imagesGenerated));
    if (model.version !== null) {
      this.fact("version", numbers.format(model.version));
      this.fact("step", numbers.format(model.step));
      this.fact("imagesLearned", numbers.format(model.imagesLearned));
      this.fact("zeroRatio", percents.format(model.zeroRatio));
      this.fact("staleness", ago(model.stalenessSeconds));
    }
  }

  /** A cell stays where it is until its turn comes again: calmer than images that wander. */
  add(image) {
    const id = `${image.version} ${image.seed} ${image.index}`;
    if (this.shown.includes(id)) {
      return; // Told again after a reconnect.
    }
    this.shown[this.next] = id;
    const img = document.createElement("img");
    img.src = image.png;
    img.alt = `Image ${image.index} of ${image.model}, version ${image.version}`;
    img.title = `version ${image.version} · seed ${image.seed} · index ${image.index}`;
    this.cells[this.next].replaceChildren(img);
    this.next = (this.next + 1) % CELLS;
  }

  fact(name, text) {
    const element = this.section.querySelector(`[data-fact="${name}"]`);
    if (element.textContent !== text) {
      element.textContent = text;
    }
  }
}

function panel(model) {
  if (!panels.has(model)) {
    panels.set(model, new Panel(model));
  }
  return panels.get(model);
}

function ago(seconds) {
  if (seconds < 60) {
    return `${Math.floor(seconds)} s ago`;
  }
  if (seconds < 3_600) {
    return `${Math.floor(seconds / 60)} min ago`;
  }
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h ago` : `${Math.floor(seconds / 86_400)} days ago`;
}

/** Says a state once, so that a screen reader does not hear it with every heartbeat. */
function say(state, text) {
  document.body.classList.toggle("is-stale", state === "stale");
  status.dataset.state = state;
  if (status.textContent !== text) {
    status.textContent = text;
  }
}

function sayHowItIs() {
  if (performance.now() - heardAt > STALE_MS) {
    say("stale", "Stale: the sampler does not answer. Reconnecting…");
  } else if (panels.size === 0) {
    say("connecting", "Connecting…");
  } else if (!connected) {
    say("stale", "Stale: the sampler waits for Kafka");
  } else if ([...panels.values()].every((shown) => shown.section.dataset.state === "starting")) {
    say("starting", "Connected, waiting for a checkpoint");
  } else {
    say("live", "Live");
  }
}

function on(name, handle) {
  source.addEventListener(name, (event) => {
    heardAt = performance.now();
    handle(JSON.parse(event.data));
    sayHowItIs();
  });
}

function connect() {
  source?.close();
  openedAt = performance.now();
  source = new EventSource("events");
  on("heartbeat", (beat) => {
    connected = beat.connected;
    beat.models.forEach((model) => panel(model.model).show(model));
  });
  on("version", (version) => panel(version.model).show(version));
  on("image", (image) => panel(image.model).add(image));
}

setInterval(() => {
  sayHowItIs();
  // A browser gives up after an error status, and does not notice a connection that has silently died.
  const silent = performance.now() - Math.max(heardAt, openedAt) > STALE_MS;
  const givenUp = source.readyState === EventSource.CLOSED && performance.now() - openedAt > RECONNECT_MS;
  if (silent || givenUp) {
    connect();
  }
}, 1_000);

connect();
