import { Curves } from "./curves.js";
import { add as addHappening } from "./happenings.js";
import { Layers } from "./layers.js";
import { Playground } from "./playground.js";
import { show as showProvenance } from "./provenance.js";
import { show as showServices } from "./services.js";
import { TimeLapse } from "./timelapse.js";
import { Wall } from "./wall.js";

/** The server speaks every 2 s: without a word for so long, what the page shows is old. */
const STALE_MS = 6_000;
const RECONNECT_MS = 3_000;

const status = document.getElementById("status");
const models = new Map();
let source;
let heardAt = performance.now();
let openedAt = heardAt;
let connected = false;

/** All that the page shows of a model. */
class Model {
  #parts;
  #version = null;

  constructor(name) {
    this.wall = new Wall(name, showProvenance);
    this.curves = new Curves(name);
    this.#parts = [new TimeLapse(name), new Layers(name), new Playground(name)];
  }

  show(state) {
    this.wall.show(state);
    if (state.version !== null && state.sha256 !== this.#version) {
      this.#version = state.sha256;
      document.body.classList.add("has-model");
      this.#parts.forEach((part) => part.update());
    }
  }
}

function model(name) {
  if (!models.has(name)) {
    models.set(name, new Model(name));
  }
  return models.get(name);
}

/** Says a state once, so that a screen reader does not hear it with every heartbeat. */
function say(state, text) {
  document.body.dataset.state = state;
  status.dataset.state = state;
  if (status.textContent !== text) {
    status.textContent = text;
  }
}

function sayHowItIs() {
  if (performance.now() - heardAt > STALE_MS) {
    say("stale", "Stale: the sampler does not answer. Reconnecting…");
  } else if (models.size === 0) {
    say("connecting", "Connecting…");
  } else if (!connected) {
    say("stale", "Stale: the sampler waits for Kafka");
  } else if ([...models.values()].every((shown) => shown.wall.starting)) {
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
  let greeted = false;
  on("heartbeat", (beat) => {
    connected = beat.connected;
    beat.models.forEach((state) => model(state.model).show(state));
    showServices(beat.services);
    if (!greeted) {
      greeted = true;
      models.forEach((shown) => shown.curves.load());
    }
  });
  on("version", (version) => model(version.model).show(version));
  on("image", (image) => model(image.model).wall.add(image));
  on("point", (point) => model(point.model).curves.add(point));
  on("happening", addHappening);
  // A browser reconnects by itself after a lost connection; what it missed in between is then loaded.
  source.addEventListener("open", () => {
    greeted = false;
  });
}

// Browsers allow six connections to a server for all tabs together: one that nobody sees gives its own up, and catches up later.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    source.close();
  } else {
    connect();
  }
});

setInterval(() => {
  if (document.hidden) {
    return;
  }
  sayHowItIs();
  // A browser gives up after an error status, and does not notice a connection that has silently died.
  const silent = performance.now() - Math.max(heardAt, openedAt) > STALE_MS;
  const givenUp = source.readyState === EventSource.CLOSED && performance.now() - openedAt > RECONNECT_MS;
  if (silent || givenUp) {
    connect();
  }
}, 1_000);

connect();
