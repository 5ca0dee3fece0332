import { readInstant } from "../../src/values/instant";

describe("an instant that somebody wrote", () => {
  it.each([
    ["2026-11-21T10:00:00Z", "2026-11-21T10:00:00.000Z"],
    ["2026-11-21t10:00:00.5z", "2026-11-21T10:00:00.500Z"],
    ["2026-11-21T15:30:00+05:30", "2026-11-21T10:00:00.000Z"],
    ["2026-11-21T23:30:00-03:00", "2026-11-22T02:30:00.000Z"],
    ["2026-11-21T10:00:00.0159088+00:00", "2026-11-21T10:00:00.015Z"],
    ["2026-11-21T10:00:00.999999999Z", "2026-11-21T10:00:00.999Z"],
    ["2028-02-29T00:00:00Z", "2028-02-29T00:00:00.000Z"],
    ["2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"],
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"],
    ["0099-03-01T00:00:00Z", "0099-03-01T00:00:00.000Z"],
    ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
    ["0000-12-31T23:00:00-02:00", "0001-01-01T01:00:00.000Z"],
  ])("%s is %s", (written, instant) => expect(readInstant(written)).toEqual({ instant }));

  it.each([
    ["2027-02-30T00:00:00Z", /^must name a day that exists: that month has 28 days\.$/],
    ["1900-02-29T00:00:00Z", /has 28 days/],
    ["2026-04-31T00:00:00Z", /has 30 days/],
    ["2026-01-00T00:00:00Z", /has 31 days/],
    ["2026-13-01T00:00:00Z", /^must have a month from 01 to 12/],
    ["2026-11-21T24:00:00Z", /^must have a time from 00:00:00 to 23:59:59/],
    ["2026-06-30T23:59:60Z", /leap second/],
    ["2026-11-21T10:60:00Z", /^must have a time/],
    ["2026-11-21T10:00:00-00:00", /^must have an offset/],
    ["2026-11-21T10:00:00+24:00", /^must have an offset/],
    ["2026-11-21T10:00:00+05:60", /^must have an offset/],
    ["0000-12-31T23:59:59Z", /^must be from 0001-01-01T00:00:00.000Z to 9999/],
    ["9999-12-31T23:59:59-01:00", /^must be from/],
    ["0001-01-01T00:30:00+01:00", /^must be from/],
    ["2026-11-21", /^must be RFC 3339 text/],
    ["2026-11-21 10:00:00Z", /^must be RFC 3339 text/],
    ["2026-11-21T10:00:00", /^must be RFC 3339 text/],
    ["2026-11-21T10:00Z", /^must be RFC 3339 text/],
    ["2026-11-21T10:00:00.Z", /^must be RFC 3339 text/],
    ["2026-11-21T10:00:00.1234567890Z", /^must be RFC 3339 text/],
    ["2026-11-21T10:00:00Z ", /^must be RFC 3339 text/],
    ["2026-11-21T10:00:00Z\n", /^must be RFC 3339 text/],
    ["", /^must be RFC 3339 text/],
    ["9".repeat(1_000_000), /^must be RFC 3339 text/],
    [1_793_000_000_000, /^must be RFC 3339 text/],
    [null, /^must be RFC 3339 text/],
  ])("%j is refused by its rule", (written, rule) =>
    expect(readInstant(written)).toEqual({ problem: expect.stringMatching(rule) as string }),
  );
});
