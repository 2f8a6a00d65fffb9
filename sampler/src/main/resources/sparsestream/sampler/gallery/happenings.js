import { integer, number, percent, time, title, words } from "./format.js";

const SHOWN = 14;
/** Of these there are always more to come. */
const MAX_CHECKPOINTS = 6;

const SENTENCES = {
  checkpoint: (d) => [
    `Version ${integer(d.version)} after ${integer(d.images)} images`,
    d.heldOutNelbo === undefined ? "" : `, held-out −ELBO ${number(d.heldOutNelbo)} nats`,
    d.zeroRatio === undefined ? "" : `, ${percent(d.zeroRatio)} zero weights`,
  ].join(""),
  rejection: (d) => `${integer(d.count)} ${d.count === 1 ? "record" : "records"} put into the dead letters, the first at offset `
    + `${integer(d.offset)} of ${d.topic}: ${d.reason}`,
  dataloss: (d) => `Offsets ${integer(d.from)} to ${integer(d.to - 1)} of ${d.topic} had been deleted before they were learned`,
  gate: (d) => `Step ${integer(d.step)} was not published: ${d.reason}`,
  rollback: (d) => `Back from step ${integer(d.step)} to ${integer(d.toStep)} after ${integer(d.refusals)} refusals, `
    + `the learning rate times ${number(d.rateScale)} from now on`,
  settings: (d) => `From step ${integer(d.step + 1)} on with ${Object.entries(d.settings)
    .map(([name, { from, to }]) => `--${name} ${to ?? "not set"} instead of ${from ?? "not set"}`).join(", ")}`,
  drift: (d) => `The stream has changed by step ${integer(d.step)}, says ${d.detector}: a batch with a loss of ${number(d.loss)} nats, `
    + `where ${number(d.prequentialLoss)} was usual`,
};

const list = document.querySelector("#happenings .events");
const nothing = document.querySelector("#happenings .nothing");
let events = [];

/** Adds what has happened to the list. */
export function add(event) {
  if (events.some((other) => other.offset === event.offset)) {
    return; // Told again after a reconnect.
  }
  events.push(event);
  events.sort((a, b) => b.offset - a.offset);
  let checkpoints = 0;
  events = events.filter(({ kind }) => kind !== "checkpoint" || ++checkpoints <= MAX_CHECKPOINTS).slice(0, SHOWN);
  list.replaceChildren(...events.map(entry));
  nothing.hidden = true;
}

function entry(event) {
  const item = document.createElement("li");
  item.dataset.kind = event.kind;
  const when = document.createElement("time");
  when.dateTime = event.time;
  when.textContent = time(event.time);
  const kind = document.createElement("span");
  kind.className = "kind-of-event";
  kind.textContent = event.kind;
  const model = document.createElement("span");
  model.className = "of-model";
  model.textContent = title(event.model);
  const text = document.createElement("span");
  text.className = "what";
  text.textContent = sentence(event);
  item.append(when, kind, model, text);
  return item;
}

/** A kind that this page does not know, or that lacks what it should tell, is shown as it is. */
function sentence({ kind, details }) {
  const known = SENTENCES[kind]?.(details);
  if (known !== undefined && !/NaN|undefined/.test(known)) {
    return known;
  }
  return Object.entries(details).slice(0, 6)
    .map(([name, value]) => `${words(name)} ${typeof value === "number" ? number(value) : value}`)
    .join(", ");
}
