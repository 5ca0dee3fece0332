"use strict";

/* Loaded before the program: its clock is CLOCK_SHIFT_MS off, so that months can pass between two starts. */
const shiftMs = Number(process.env.CLOCK_SHIFT_MS ?? 0);
const shiftedNow = () => Math.round(performance.timeOrigin + performance.now() + shiftMs);

globalThis.Date = new Proxy(Date, {
  construct: (date, given, newTarget) =>
    Reflect.construct(date, given.length > 0 ? given : [shiftedNow()], newTarget),
  get: (date, name, receiver) => (name === "now" ? shiftedNow : Reflect.get(date, name, receiver)),
});
