/**
 * Runs an update that somebody has asked for, but not while nobody sees the element, not before the last one has ended, and not
 * more often than every so many milliseconds.
 */
export class Refresher {
  #update;
  #everyMs;
  #asked = false;
  #seen = false;
  #running = false;
  #notBefore = 0;

  constructor(element, everyMs, update) {
    this.#update = update;
    this.#everyMs = everyMs;
    new IntersectionObserver((entries) => {
      this.#seen = entries.at(-1).isIntersecting;
      this.#run();
    }, { rootMargin: "200px" }).observe(element);
    document.addEventListener("visibilitychange", () => this.#run());
  }

  ask() {
    this.#asked = true;
    this.#run();
  }

  async #run() {
    if (!this.#asked || !this.#seen || this.#running || document.hidden) {
      return;
    }
    this.#running = true;
    const wait = this.#notBefore - performance.now();
    if (wait > 0) {
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
    this.#asked = false;
    this.#notBefore = performance.now() + this.#everyMs;
    try {
      await this.#update();
    } catch {
      // The server is gone or has nothing yet: what is shown stays, and the next version asks again.
    }
    this.#running = false;
    this.#run();
  }
}

/** JSON from the server; throws if it has another answer. */
export async function json(url) {
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(`${url}: ${response.status}`);
  }
  return response.json();
}

/** A picture that can be shown at once. */
export async function picture(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

/** A copy of a template's content for a model, put into a section of the page. */
export function panel(section, model, label) {
  const element = document.getElementById(`${section}-template`).content.firstElementChild.cloneNode(true);
  const heading = element.querySelector("h3");
  heading.textContent = label;
  heading.id = `${section}-${model}`;
  element.setAttribute("aria-labelledby", heading.id);
  element.dataset.model = model;
  return element;
}
