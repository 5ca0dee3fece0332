import { Partner } from "../../entities/partners/partner";
import { newId } from "../../src/values/ids";
import { DomainError } from "../../src/errors/domain-error";
import { eventCursor, positionAfter, readCursor } from "../../src/events/event-cursor";

const mine = newId(Partner);
const ends = { lastPosition: 500, forgottenPosition: 100, timeline: "" };

/** How a cursor is judged: its position, or the code of the refusal. */
function judged(cursor: string): number | string {
  try {
    return positionAfter(mine, cursor, ends);
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

const encoded = (text: string) => Buffer.from(text).toString("base64url");

describe("a cursor", () => {
  it.each([100, 101, 499, 500])("names its position, here %i", (position) => {
    expect(judged(eventCursor(mine, position))).toBe(position);
  });

  it("that lost its end, however much of it, names no other place", () => {
    const cursor = eventCursor(mine, 123);
    for (let length = 0; length < cursor.length; length++)
      expect([length, judged(cursor.slice(0, length))]).toEqual([length, "EVENTS_CURSOR_INVALID"]);
  });

  it("of which a single character was changed is none", () => {
    const cursor = eventCursor(mine, 123);
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= .";
    for (let at = 0; at < cursor.length; at++)
      for (const other of alphabet.replace(cursor[at] ?? "", "")) {
        const changed = cursor.slice(0, at) + other + cursor.slice(at + 1);
        expect([changed, judged(changed)]).toEqual([changed, "EVENTS_CURSOR_INVALID"]);
      }
  });

  it.each([
    ["without a checksum", encoded(`${mine}:123`)],
    ["with an empty one", encoded(`${mine}:123:`)],
    ["with that of its neighbour", encoded(`${mine}:124:${lastOf(eventCursor(mine, 123))}`)],
    ["with padding", `${eventCursor(mine, 123)}=`],
    ["with a space before it", ` ${eventCursor(mine, 123)}`],
    ["twice", eventCursor(mine, 123).repeat(2)],
    ["in base64 instead of base64url", Buffer.from("\u00ff\u00fe:1:x").toString("base64")],
    ["with a leading zero", encoded(`${mine}:0123:${lastOf(eventCursor(mine, 123))}`)],
    ["of nobody", encoded(":123:abcdefgh")],
    ["of half a position", eventCursor(mine, 12.5)],
    ["of a negative one", eventCursor(mine, -1)],
    ["of none at all", eventCursor(mine, Number.NaN)],
    ["that is empty", ""],
    ["that is no text of ours", "🥐".repeat(1_000)],
    ["as long as a novel", "A".repeat(1_000_000)],
  ])("made by hand %s is none", (_how, cursor) => {
    expect(judged(cursor)).toBe("EVENTS_CURSOR_INVALID");
  });

  it("of another organization is told apart, alike whether there is such an organization, and names nobody", () => {
    for (const position of [0, 123, 900]) {
      const cursor = eventCursor(newId(Partner), position);
      expect(judged(cursor)).toBe("EVENTS_CURSOR_FOREIGN");
      expect(() => readCursor(mine, cursor)).toThrow(
        "`after` is a cursor of another organization's events. Take the cursor of an event that you received as this organization.",
      );
    }
    expect(judged(eventCursor("x", 123))).toBe("EVENTS_CURSOR_FOREIGN");
  });

  it("from the future is refused, by one position as by a million", () => {
    expect(judged(eventCursor(mine, 501))).toBe("EVENTS_CURSOR_AHEAD");
    expect(judged(eventCursor(mine, 1_000_500))).toBe("EVENTS_CURSOR_AHEAD");
  });

  it("behind which events are gone is refused with the one to go on with, which is good", () => {
    for (const position of [0, 99]) {
      const cursor = eventCursor(mine, position);
      expect(judged(cursor)).toBe("EVENTS_CURSOR_EXPIRED");
      try {
        positionAfter(mine, cursor, ends);
      } catch (error) {
        const { kind, field, details } = error as DomainError;
        expect([kind, field]).toEqual(["INVALID", "after"]);
        expect(positionAfter(mine, details?.oldestCursor ?? "", ends)).toBe(100);
      }
    }
  });
});

function lastOf(cursor: string): string {
  return Buffer.from(cursor, "base64url").toString("utf8").split(":").at(-1) ?? "";
}
