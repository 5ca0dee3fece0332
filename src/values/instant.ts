import { DateTime, Duration } from "luxon";

/** An instant as ISO 8601 text in UTC with milliseconds, e.g. `2026-11-21T10:00:00.000Z`. Compares with `<`. */
export type Instant = string;

/** The only clock a use case may read. */
export type Clock = () => Instant;

/**
 * Makes a function that gives the instant so many milliseconds since 1970. Several requests of one millisecond ask for the same
 * text, so the latest one is kept.
 */
export function instantWriter(): (ms: number) => Instant {
  let latestMs = NaN;
  let latest: Instant = "";
  return (ms) => {
    if (ms !== latestMs) {
      latest = new Date(ms).toISOString();
      latestMs = ms;
    }
    return latest;
  };
}

const writeSystemTime = instantWriter();

/** The machine's own time. */
export const systemClock: Clock = () => writeSystemTime(Date.now());

let latestRead: Instant = "";
let latestReadMs = NaN;

/** The milliseconds since 1970 of what a clock says. The latest instant is read once, as it is written once. */
export function epochMs(instant: Instant): number {
  if (instant !== latestRead) {
    latestReadMs = Date.parse(instant);
    latestRead = instant;
  }
  return latestReadMs;
}

/** Far longer than any instant; a longer text is not looked at. */
const MAX_INSTANT_LENGTH = 40;
const RFC_3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const FIRST_INSTANT = "0001-01-01T00:00:00.000Z";
const LAST_INSTANT = "9999-12-31T23:59:59.999Z";

const SHAPE =
  "must be RFC 3339 text with an offset, such as 2026-11-21T10:00:00.000Z or 2026-11-21T15:30:00+05:30, with at most nine digits after the second.";
const TIME =
  "must have a time from 00:00:00 to 23:59:59. Write 24:00 as 00:00 of the next day, and a leap second as the second before it.";
const OFFSET = "must have an offset from -23:59 to +23:59. Write Z or +00:00 for UTC; -00:00 is no offset.";
const BOUNDS = `must be from ${FIRST_INSTANT} to ${LAST_INSTANT} in UTC.`;

/**
 * Reads an instant that somebody wrote: RFC 3339 (section 5.6) with `Z` or an offset and up to nine digits after the
 * second. What is finer than a millisecond is cut off. Gives the instant in UTC, or the rule that the text breaks, as the end of
 * a sentence ("must …") that does not repeat the text. Takes a value of any type.
 */
export function readInstant(value: unknown): { instant: Instant } | { problem: string } {
  if (typeof value !== "string" || value.length > MAX_INSTANT_LENGTH) return { problem: SHAPE };
  const found = RFC_3339.exec(value);
  if (!found) return { problem: SHAPE };
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map(Number);
  if (month < 1 || month > 12) return { problem: "must have a month from 01 to 12." };
  const days = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  if (day < 1 || day > days) return { problem: `must name a day that exists: that month has ${days} days.` };
  if (hour > 23 || minute > 59 || second > 59) return { problem: TIME };
  const offset = Number(found[9] ?? 0) * 60 + Number(found[10] ?? 0);
  const isOffset = offset < 24 * 60 && Number(found[10] ?? 0) < 60 && !(found[8] === "-" && offset === 0);
  if (!isOffset) return { problem: OFFSET };
  const milliseconds = Number((found[7] ?? "").slice(0, 3).padEnd(3, "0"));
  // Date.UTC would take a year below 100 for one of the 20th century.
  const local = new Date(0).setUTCFullYear(year, month - 1, day);
  const inDay = ((hour * 60 + minute - (found[8] === "-" ? -offset : offset)) * 60 + second) * 1_000;
  const at = local + inDay + milliseconds;
  if (at < Date.parse(FIRST_INSTANT) || at > Date.parse(LAST_INSTANT)) return { problem: BOUNDS };
  return { instant: new Date(at).toISOString() };
}

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
 * many of them: end dates are inclusive, so it is the end of the day before the anniversary (docs/sources.md, conventions). Counted
 * from the first start, so that what began on the 31st ends on the 30th again after a shorter month.
 */
export function termEnd(startsAt: Instant, termDuration: string, terms = 1): Instant {
  const length = Duration.fromISO(termDuration).mapUnits((value) => value * terms);
  const anniversary = DateTime.fromISO(startsAt, { zone: "utc" }).plus(length);
  return anniversary.startOf("day").minus({ milliseconds: 1 }).toJSDate().toISOString();
}
