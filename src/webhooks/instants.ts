import type { Instant } from "../values/instant";

/** The instant a number of seconds later. */
export function secondsAfter(instant: Instant, seconds: number): Instant {
  return new Date(Date.parse(instant) + seconds * 1_000).toISOString();
}

/** The instant a number of hours later. */
export function hoursAfter(instant: Instant, hours: number): Instant {
  return secondsAfter(instant, hours * 3_600);
}

/** How many seconds there are from one instant to another. */
export function secondsBetween(from: Instant, to: Instant): number {
  return (Date.parse(to) - Date.parse(from)) / 1_000;
}
