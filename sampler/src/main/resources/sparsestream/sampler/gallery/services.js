import { ago, title } from "./format.js";

const STATES = { active: "works", quiet: "quiet", waiting: "not seen yet", down: "does not answer" };
const list = document.getElementById("services");

/** Shows how each service is, as far as the sampler can tell. */
export function show(services) {
  while (list.children.length < services.length) {
    const item = list.appendChild(document.createElement("li"));
    item.appendChild(document.createElement("span")).className = "service";
    item.appendChild(document.createElement("span")).className = "sign";
  }
  services.forEach((service, index) => {
    const item = list.children[index];
    item.dataset.state = service.state;
    item.querySelector(".service").textContent = label(service.name);
    item.querySelector(".sign").textContent = service.ageSeconds === null
      ? (service.state === "active" ? "answers" : STATES[service.state] ?? service.state)
      : `${service.sign} ${ago(service.ageSeconds)}`;
  });
}

/** `trainer vae` as `Trainer VAE`. */
function label(name) {
  const [service, model] = name.split(" ");
  return service[0].toUpperCase() + service.slice(1) + (model === undefined ? "" : ` ${title(model)}`);
}
