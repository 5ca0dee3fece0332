import { daysAfter, hoursAfter, momentAfter, readInstant, termEnd } from "../../src/values/instant";

const ZONES = ["UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"];

/** Instants around changes to and from summer time in these zones, leap days, and a day that Apia did not have. */
const INSTANTS = [
  ...[
    "2026-03-08T06:59:59.999Z",
    "2026-03-08T07:00:00.000Z",
    "2026-11-01T05:30:00.000Z",
    "2026-11-01T06:30:00.000Z",
  ],
  ...[
    "2026-03-29T00:59:59.999Z",
    "2026-03-29T01:00:00.000Z",
    "2026-10-25T00:30:00.000Z",
    "2026-10-25T01:30:00.000Z",
  ],
  ...[
    "2026-04-04T15:00:00.000Z",
    "2026-10-03T15:30:00.000Z",
    "2011-12-30T10:00:00.000Z",
    "2026-12-31T23:59:59.999Z",
  ],
  ...[
    "2028-02-29T00:00:00.000Z",
    "2028-02-29T23:59:59.999Z",
    "2028-02-28T23:30:00.000Z",
    "2000-02-29T12:00:00.000Z",
  ],
];

/** Everything that is worked out from an instant. */
function workedOut(instant: string) {
  return [
    ...[1, -1, 30, 365].map((days) => daysAfter(instant, days)),
    ...[1, -2, 24].map((hours) => hoursAfter(instant, hours)),
    momentAfter(instant),
    ...["P1M", "P1Y", "P3Y"].flatMap((term) => [termEnd(instant, term), termEnd(instant, term, 13)]),
    readInstant(instant),
    readInstant(instant.replace("Z", "+05:30")),
  ];
}

const zone = process.env.TZ;
afterAll(() => {
  process.env.TZ = zone;
});

it.each(INSTANTS)("what follows from %s is the same in every time zone of the machine", (instant) => {
  process.env.TZ = "UTC";
  const inUtc = workedOut(instant);
  for (const other of ZONES) {
    process.env.TZ = other;
    expect({ zone: other, found: workedOut(instant) }).toEqual({ zone: other, found: inUtc });
  }
});

it("a term that begins on a leap day ends a day before the last of February, and on the 28th again in the next leap year", () => {
  expect(termEnd("2028-02-29T12:00:00.000Z", "P1Y")).toBe("2029-02-27T23:59:59.999Z");
  expect(termEnd("2028-02-29T12:00:00.000Z", "P1Y", 4)).toBe("2032-02-28T23:59:59.999Z");
  expect(termEnd("2028-02-29T12:00:00.000Z", "P1M")).toBe("2028-03-28T23:59:59.999Z");
});
