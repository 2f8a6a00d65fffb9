import { integer, moment, title } from "./format.js";

const dialog = document.getElementById("provenance");
const copy = dialog.querySelector(".copy");
const command = dialog.querySelector("code");

/** Tells where an image comes from, and how to make it again. */
export function show(image) {
  dialog.querySelector("h2").textContent = `Image ${integer(image.index)} of ${title(image.model)}`;
  dialog.querySelector("img").src = image.png;
  const facts = {
    "Version": integer(image.version),
    "Checkpoint SHA-256": image.sha256,
    "Seed, index": `${image.seed}, ${image.index}`,
    "Learned from": `offsets ${integer(image.inputFrom)} to ${integer(image.inputTo - 1)}`,
    "On the topic at": `partition ${image.partition}, offset ${integer(image.offset)}`,
    "Drawn": moment(image.time),
  };
  if (image.request !== null) {
    facts["Asked for by"] = image.request;
  }
  dialog.querySelector("dl").replaceChildren(...Object.entries(facts).map(([name, value]) => {
    const entry = document.createElement("div");
    const term = document.createElement("dt");
    const description = document.createElement("dd");
    term.textContent = name;
    description.textContent = value;
    entry.append(term, description);
    return entry;
  }));
  command.textContent = image.replay;
  copy.textContent = "Copy";
  dialog.showModal();
}

copy.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(command.textContent);
    copy.textContent = "Copied";
  } catch {
    // Not over plain HTTP from another machine: select it, so that a key can copy it.
    getSelection().selectAllChildren(command);
  }
});

dialog.addEventListener("click", (event) => {
  if (event.target === dialog) {
    dialog.close();
  }
});
