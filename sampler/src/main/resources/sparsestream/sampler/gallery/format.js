/** How numbers and times are written on the page. */

const whole = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const significant = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const share = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const dateAndClock = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });

export const integer = (value) => whole.format(value);
export const compact = (value) => short.format(value);
export const number = (value) => significant.format(value);
export const percent = (value) => share.format(value);
export const moment = (text) => dateAndClock.format(new Date(text));

/** The clock alone for today, with the date before that. */
export function time(text) {
  const date = new Date(text);
  return date.toDateString() === new Date().toDateString() ? clock.format(date) : dateAndClock.format(date);
}

export function ago(seconds) {
  if (seconds < 60) {
    return `${Math.floor(seconds)} s ago`;
  }
  if (seconds < 3_600) {
    return `${Math.floor(seconds / 60)} min ago`;
  }
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h ago` : `${Math.floor(seconds / 86_400)} days ago`;
}

/** `heldOutNelbo` as `held out nelbo`. */
export function words(name) {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/[._]/g, " ").toLowerCase();
}

export const title = (model) => model.toUpperCase();

/** A query string of these parameters. */
export const query = (parameters) => new URLSearchParams(parameters).toString();
