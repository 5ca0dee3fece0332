import { DateTime, Duration } from "luxon";

/** An instant as ISO 8601 text in UTC with milliseconds, e.g. `2026-11-21T10:00:00.000Z`. Compares with `<`. */
export type Instant = string;

/** The only clock a use case may read. */
export type Clock = () => Instant;

/** The machine's own time. */
export const systemClock: Clock = () => new Date().toISOString();

/** The instant a number of 24-hour days later (earlier when negative). */
export function daysAfter(instant: Instant, days: number): Instant {
  return new Date(Date.parse(instant) + days * 86_400_000).toISOString();
}

/** The instant a number of hours later. */
export function hoursAfter(instant: Instant, hours: number): Instant {
  return new Date(Date.parse(instant) + hours * 3_600_000).toISOString();
}

/** The instant one millisecond later: where what lasts to the end of a day is over. */
export function momentAfter(instant: Instant): Instant {
  return new Date(Date.parse(instant) + 1).toISOString();
}

/**
 * The last millisecond of a term that starts at an instant and lasts an ISO 8601 duration (`P1M`, `P1Y`, `P3Y`), or so
 * many of them: end dates are inclusive, so it is the end of the day before the anniversary (domain.md 0). Counted
 * from the first start, so that what began on the 31st ends on the 30th again after a shorter month.
 */
export function termEnd(startsAt: Instant, termDuration: string, terms = 1): Instant {
  const length = Duration.fromISO(termDuration).mapUnits((value) => value * terms);
  const anniversary = DateTime.fromISO(startsAt, { zone: "utc" }).plus(length);
  return anniversary.startOf("day").minus({ milliseconds: 1 }).toJSDate().toISOString();
}
