/*
 * Keeps every event exactly once, as a JSON line in the file EVENTS_FILE (default events.jsonl), whatever crashes when.
 *
 * A listener that is killed after an event was handled, and before its cursor was kept, gets the event again. So what an
 * event does and the position up to which all is done must become durable together: here in one line, in a database in
 * one transaction. The position of an event is higher than that of any before it in your organization's stream, so one
 * number tells what is new. (Events of several organizations, or of replays: remember their `id` instead.)
 */
import { appendFileSync, existsSync, readFileSync, truncateSync } from "node:fs";

const file = process.env.EVENTS_FILE || "events.jsonl";
let last = lastPosition();

export function handle(event) {
  if (event.position <= last) return; // handled before the crash
  appendFileSync(file, `${JSON.stringify(event)}\n`, { flush: true });
  last = event.position;
}

function lastPosition() {
  if (!existsSync(file)) return 0;
  const text = readFileSync(file, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  truncateSync(file, Buffer.byteLength(whole)); // a line that a crash cut off comes again
  const line = whole.trimEnd().split("\n").at(-1);
  return line ? JSON.parse(line).position : 0;
}
