// Looks at the gallery as people do, in chromium: node gallery.mjs URL CHROMIUM DIRECTORY
//
// What only the other side can do is asked for on standard output, a line that begins with "please: ". Pictures of the page go
// into the directory. Ends with status 1 and the reason if something is not as it should be.
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import path from "node:path";

const [url, executablePath, directory] = process.argv.slice(2);
// Unlike an import, this looks in NODE_PATH.
const require = createRequire(import.meta.url);
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const TIMEOUT_MS = 60_000;
const CELLS = 32;

const browser = await chromium.launch({
  executablePath,
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const context = await browser.newContext({
  viewport: { width: 1280, height: 900 }, colorScheme: "light", reducedMotion: "reduce",
});
const page = await context.newPage();
page.setDefaultTimeout(TIMEOUT_MS);
const complaints = [];
page.on("console", (message) => {
  if (["error", "warning"].includes(message.type())) {
    complaints.push(`${message.type()}: ${message.text()}`);
  }
});
page.on("pageerror", (error) => complaints.push(`uncaught: ${error.stack}`));

const steps = [
  startingLooksIntentional, imagesAppear, dashboardsShowThemToo, curvesAndZerosAreDrawn, theSliderGoesThroughTheHistory, thePlaygroundAnswers,
  anImageTellsWhereItComesFrom, theKeyboardIsEnough, whatSomebodyAskedForIsMarked, rejectionsAreTold, itLooksRightInTheDarkAndOnAPhone,
  aNinthTabLoadsToo, aLostBrokerShowsAndItRecovers,
];
try {
  for (const step of steps) {
    await step();
    console.log(`ok: ${step.name}`);
  }
  assert.deepEqual(complaints, [], "the browser's console");
} catch (failure) {
  console.log(failure.stack);
  console.log(complaints.join("\n"));
  await page.screenshot({ path: path.join(directory, "failed.png"), fullPage: true });
  process.exitCode = 1;
} finally {
  await browser.close();
}

async function startingLooksIntentional() {
  await page.goto(url);
  await state("starting");
  assert.equal(await page.locator(".waiting:visible").count(), 2);
  assert.equal(await page.locator("#playground").isVisible(), false);
  assert.match(await page.locator("#services").innerText(), /Trainer VAE\s+not seen yet/);
  await isAccessible("the starting page");
  await picture("starting");
}

async function imagesAppear() {
  ask("train");
  for (const model of ["vae", "gan"]) {
    await eventually(() => page.locator(`.wall-card[data-model=${model}] .grid img`).count(), (count) => count === CELLS);
  }
  await state("live");
  const sizes = await page.locator(".wall-card .grid img").evaluateAll((images) => images.map((image) => image.naturalWidth));
  assert.deepEqual([...new Set(sizes)], [28]);
}

/** Grafana's page comes from another origin, and puts the values of variables into a panel's text with their HTML escaped. */
async function dashboardsShowThemToo() {
  const escaped = (text) => text.replace(/[&<>'"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  for (const name of ["training", "sampling"]) {
    const file = path.resolve("../../../../monitoring/grafana/dashboards", `${name}.json`);
    const panel = JSON.parse(fs.readFileSync(file, "utf8")).panels.find((each) => each.type === "text");
    const variables = { sampler_url: url, __to: String(Date.now()) };
    const html = ["vae", "gan"].map((model) => panel.options.content.replace(/\$\{(\w+)\}/g,
      (whole, variable) => escaped({ ...variables, model }[variable]))).join("");
    const server = http.createServer((request, response) => response.setHeader("content-type", "text/html").end(html));
    await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
    const other = await context.newPage();
    await other.goto(`http://127.0.0.1:${server.address().port}`);
    const widths = await other.locator("img").evaluateAll((images) => images.map((image) => image.naturalWidth));
    assert.deepEqual(widths, [6 * 30 - 2, 6 * 30 - 2], `36 images of each model, in dashboard ${name}`);
    await other.screenshot({ path: path.join(directory, `dashboard-${name}.png`) });
    await other.close();
    server.close();
  }
}

async function curvesAndZerosAreDrawn() {
  for (const model of ["vae", "gan"]) {
    const charts = page.locator(`#curves [data-model=${model}] .plot`);
    await eventually(() => charts.count(), (count) => count >= 3);
    for (const chart of await charts.all()) {
      await chart.scrollIntoViewIfNeeded();
      assert.match(await chart.getAttribute("aria-label"), /: .* from .* to /);
      assert.ok(await colors(chart.locator("canvas")) > 1, "a chart has lines");
    }
  }
  await page.locator("#zeros").scrollIntoViewIfNeeded();
  const seen = page.locator("#zeros [data-model=vae] .is-pixels img").first();
  await eventually(() => seen.evaluate((image) => `${image.naturalWidth}×${image.naturalHeight}`), (size) => size === "28×28");
  assert.match(await seen.getAttribute("alt"), /Pixels seen by encoder\.0/);
}

async function theSliderGoesThroughTheHistory() {
  const panel = page.locator("#timelapse [data-model=vae]");
  await panel.scrollIntoViewIfNeeded();
  const slider = panel.getByRole("slider");
  await eventually(() => slider.getAttribute("max"), (max) => Number(max) >= 3);
  await eventually(() => panel.locator("img").getAttribute("alt"), (alt) => !alt.includes("Version 1,"));
  const newest = await pixels(panel.locator("img"));
  await slider.focus();
  await page.keyboard.press("Home");
  await eventually(() => panel.locator("img").getAttribute("alt"), (alt) => alt.includes("Version 1,"));
  assert.match(await panel.locator(".caption").innerText(), /^Version 1, .* images learned/);
  assert.notEqual(await pixels(panel.locator("img")), newest);
  await page.keyboard.press("ArrowRight");
  await eventually(() => panel.locator("img").getAttribute("alt"), (alt) => alt.includes("Version 2,"));
  await panel.getByRole("button", { name: "Play" }).click();
  await eventually(() => slider.evaluate((range) => range.value === range.max), Boolean);
}

async function thePlaygroundAnswers() {
  const panel = page.locator("#playground [data-model=vae]");
  await panel.scrollIntoViewIfNeeded();
  await eventually(() => panel.locator(".caption").innerText(), (text) => text.startsWith("Drawn by version"));
  const between = panel.locator(".between .current");
  const position = panel.getByRole("slider", { name: "Position between the seeds" });
  await position.focus();
  await page.keyboard.press("Home");
  const first = await pixels(between);
  await page.keyboard.press("End");
  await eventually(() => pixels(between), (now) => now !== first);
  const last = await pixels(between);
  await panel.getByRole("spinbutton", { name: "To" }).fill("77");
  await panel.getByRole("spinbutton", { name: "To" }).press("Enter");
  await eventually(() => pixels(between), (now) => now !== last);
  const plane = panel.locator(".plane .current");
  const centre = await pixels(plane);
  await panel.locator(".map").click({ position: { x: 4, y: 4 } });
  await eventually(() => pixels(plane), (now) => now !== centre);
  assert.equal(await plane.getAttribute("aria-label"), "Image at -3 across, 3 up");
  await panel.getByRole("slider", { name: "Across" }).focus();
  await page.keyboard.press("End");
  assert.equal(await plane.getAttribute("aria-label"), "Image at 3 across, 3 up");
}

async function anImageTellsWhereItComesFrom() {
  await page.evaluate(() => scrollTo(0, 0));
  const image = page.locator(".wall-card[data-model=vae] .grid button").nth(5);
  await image.click();
  const dialog = page.getByRole("dialog");
  const command = await dialog.locator("code").innerText();
  const [, partition, offset] = command.match(/^\.\/sparsestream replay image .*--partition (\d+) --offset (\d+) --out image\.png$/);
  assert.match(await dialog.innerText(), /Checkpoint SHA-256\s+[0-9a-f]{64}/);
  const png = (await dialog.locator("img").getAttribute("src")).replace("data:image/png;base64,", "");
  ask(`compare ${partition} ${offset} ${png}`);
  await isAccessible("an image's provenance");
  await picture("provenance");
  await page.keyboard.press("Escape");
  await eventually(() => dialog.count(), (count) => count === 0);
}

async function theKeyboardIsEnough() {
  const cells = page.locator(".wall-card[data-model=vae] .grid button");
  await cells.nth(0).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  assert.equal(await cells.nth(9).evaluate((cell) => cell === document.activeElement && cell.tabIndex === 0), true);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
}

async function whatSomebodyAskedForIsMarked() {
  const seen = page.evaluate(() => new Promise((resolve) => {
    const wall = document.querySelector(".wall-card[data-model=vae] .grid");
    new MutationObserver((_, observer) => {
      const asked = wall.querySelector("button.asked");
      if (asked !== null) {
        observer.disconnect();
        resolve(asked.getAttribute("aria-label"));
      }
    }).observe(wall, { subtree: true, childList: true, attributes: true });
  }));
  let label;
  seen.then((text) => {
    label = text;
  });
  // An image stays on the wall for a second or two: one that a slow machine has missed is asked for again.
  await eventually(async () => {
    ask("request 16 images by browser");
    await Promise.race([seen, page.waitForTimeout(5_000)]);
    return label;
  }, (text) => text !== undefined);
  assert.match(label, /^Image \d+ of VAE, version \d+, asked for by browser$/);
}

async function rejectionsAreTold() {
  ask("send a batch that nobody can read");
  const told = page.locator("#happenings li[data-kind=rejection]").first();
  await told.waitFor();
  assert.match(await told.innerText(), /put into the dead letters/);
  assert.ok(await page.locator("#happenings li[data-kind=checkpoint]").count() > 0);
}

async function itLooksRightInTheDarkAndOnAPhone() {
  await isAccessible("the page in light colors");
  await picture("light");
  await page.emulateMedia({ colorScheme: "dark" });
  await isAccessible("the page in dark colors");
  await picture("dark");
  await page.setViewportSize({ width: 390, height: 844 });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(overflow, 0, "nothing reaches over the edge of a phone");
  await isAccessible("the page on a phone");
  await picture("phone");
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** Tabs behind others are hidden, which a headless browser does not do by itself. */
async function aNinthTabLoadsToo() {
  const tabs = [];
  const show = (tab, hidden) => tab.evaluate((now) => {
    Object.defineProperty(document, "hidden", { value: now, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
  await show(page, true);
  for (let i = 0; i < 8; i++) {
    const tab = await context.newPage();
    await tab.goto(url, { timeout: 10_000 });
    await tab.locator("#status[data-state=live]").waitFor({ timeout: 10_000 });
    await show(tab, true);
    tabs.push(tab);
  }
  await show(tabs[0], false);
  await tabs[0].locator("#status[data-state=live]").waitFor({ timeout: 10_000 });
  await Promise.all(tabs.map((tab) => tab.close()));
  await show(page, false);
  await state("live");
}

async function aLostBrokerShowsAndItRecovers() {
  ask("stop the broker");
  await state("stale");
  assert.match(await page.locator("#status").innerText(), /Stale: the sampler waits for Kafka/);
  assert.match(await page.locator("#services").innerText(), /Kafka\s+does not answer/);
  await picture("stale");
  const last = await newestImage();
  ask("start the broker");
  await state("live");
  await eventually(newestImage, (newest) => newest !== last);
}

function ask(what) {
  console.log(`please: ${what}`);
}

async function state(expected) {
  await eventually(() => page.locator("#status").getAttribute("data-state"), (actual) => actual === expected);
}

function newestImage() {
  return page.locator(".wall-card[data-model=vae] [data-fact=imagesGenerated]").innerText();
}

async function eventually(read, isRight) {
  const deadline = Date.now() + TIMEOUT_MS;
  let value = await read();
  while (!isRight(value)) {
    assert.ok(Date.now() < deadline, `still ${value}, not ${isRight}`);
    await page.waitForTimeout(100);
    value = await read();
  }
}

/** What an image or a canvas shows, as text. */
function pixels(locator) {
  return locator.evaluate((element) => {
    const canvas = document.createElement("canvas");
    canvas.width = element.naturalWidth ?? element.width;
    canvas.height = element.naturalHeight ?? element.height;
    canvas.getContext("2d").drawImage(element, 0, 0);
    return canvas.toDataURL();
  });
}

/** How many different pixels a canvas has. */
function colors(locator) {
  return locator.evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
}

async function isAccessible(what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`), [], what);
}

async function picture(name) {
  await page.screenshot({ path: path.join(directory, `${name}.png`), fullPage: name !== "provenance" });
}
