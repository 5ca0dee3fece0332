import { openLog } from "../../src/server/open-log";
import { readableLine } from "../../src/server/readable-line";

function aLog(production: boolean, isTTY: boolean) {
  const lines: string[] = [];
  const log = openLog(
    { logLevel: "info", production },
    { isTTY, write: (line: string) => lines.push(line) },
    { base: { worker: 2 } },
  );
  return { log, text: () => lines.join("") };
}

/** As drivers throw them: with a message that repeats a value, and everything about the statement and the connection. */
function aDriversError(): Error {
  return Object.assign(new Error("Duplicate entry 'carla@canary.example' for key 'x'"), {
    code: "ER_DUP_ENTRY",
    parameters: ["carla@canary.example"],
    config: { password: "hunter2", url: "redis://:hunter2@redis" },
    query: "INSERT INTO customer VALUES (?)",
  });
}

describe("the log", () => {
  it("is JSON, a line each, wherever it does not go to a terminal, and always in production", () => {
    for (const [production, isTTY] of [
      [false, false],
      [true, true],
      [true, false],
    ] as const) {
      const { log, text } = aLog(production, isTTY);
      log.warn({ requestId: "r-1" }, "hello");
      expect(JSON.parse(text())).toMatchObject({ level: 40, worker: 2, requestId: "r-1", msg: "hello" });
    }
  });

  it("is a line to read on a terminal in development", () => {
    const { log, text } = aLog(false, true);
    log.warn({ operation: null, kind: "mutation", ms: 3.5, about: "two words" }, "hello");
    expect(text()).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} WARN {2}hello worker=2 kind=mutation ms=3\.5 about="two words"\n$/,
    );
  });

  it.each([false, true])(
    "has of an error its type, code, statement and stack, and no value (on a terminal: %s)",
    (isTTY) => {
      const { log, text } = aLog(false, isTTY);
      log.error({ err: aDriversError() }, "it failed");
      for (const told of ["ER_DUP_ENTRY", "INSERT INTO customer", "open-log.plain.test", "(not logged)"])
        expect(text()).toContain(told);
      expect(text()).not.toMatch(/hunter2|canary|redis:/);
    },
  );

  it("has nothing of what was thrown and is no error", () => {
    const { log, text } = aLog(true, false);
    log.error({ err: { password: "hunter2" } }, "thrown");
    expect(text()).toContain("thrown");
    expect(text()).not.toContain("hunter2");
  });
});

describe("a readable line", () => {
  it("cannot steer the terminal, and is what came in where that is not JSON", () => {
    const line = JSON.stringify({
      level: 30,
      time: "2026-01-02T03:04:05.678Z",
      msg: "a\u001b[2Jb",
      name: "c\rd\u009be",
    });
    expect(readableLine(line)).toBe('03:04:05.678 INFO  a [2Jb name="c\\rd e"');
    expect(readableLine("not JSON")).toBe("not JSON");
  });
});
