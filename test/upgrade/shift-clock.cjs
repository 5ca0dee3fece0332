"use strict";

const { readFileSync } = require("node:fs");

/*
 * Loaded before the program: its clock is CLOCK_SHIFT_MS off, so that months can pass between two starts. With
 * CLOCK_SHIFT_FILE it is as far off as that file says now, so that the clock can be set while the program runs.
 */
let shiftMs = Number(process.env.CLOCK_SHIFT_MS ?? 0);
const file = process.env.CLOCK_SHIFT_FILE;
const readShift = () => (shiftMs = Number(readFileSync(file, "utf8")));
if (file) {
  readShift();
  setInterval(readShift, 20).unref();
}
const shiftedNow = () => Math.round(performance.timeOrigin + performance.now() + shiftMs);

globalThis.Date = new Proxy(Date, {
  construct: (date, given, newTarget) =>
    Reflect.construct(date, given.length > 0 ? given : [shiftedNow()], newTarget),
  get: (date, name, receiver) => (name === "now" ? shiftedNow : Reflect.get(date, name, receiver)),
});
