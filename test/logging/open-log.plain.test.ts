import { loadConfig } from "../../src/config/config";
import { openLog } from "../../src/logging/open-log";
import { readableLine } from "../../src/logging/readable-line";

const KEY = Buffer.alloc(32, "key").toString("base64");

function aLog(production: boolean, isTTY: boolean) {
  const lines: string[] = [];
  const config = loadConfig({
    DATABASE_URL: "mysql://partners:s3cr%40tword@db/partners",
    REDIS_URL: "redis://:redisw0rd@redis:6379",
    SECRETS_KEY: KEY,
  });
  const log = openLog(
    { ...config, production },
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

describe("an error in the log, however a library words it and under whatever name it is logged", () => {
  const command = { command: { name: "auth", args: ["redisw0rd"] }, errno: 7 };
  const errors: [string, unknown][] = [
    ["the arguments of a Redis command", Object.assign(new Error("WRONGPASS invalid password"), command)],
    [
      "a message with the password of Redis",
      new Error("ERR unknown command, with args beginning with: redisw0rd"),
    ],
    ["a message with the password of the database, as it is written", new Error("s3cr%40tword is wrong")],
    ["a message with the password of the database, as it is meant", new Error("s3cr@tword is wrong")],
    ["a message with SECRETS_KEY", new Error(`bad key ${KEY}`)],
    ["somebody else's credentials in a URL", new Error("fetch failed: https://joe:hunter2@shop.example/x")],
    ["a token", new Error("Bearer abc.def-hunter2 is no token")],
    ["a JSON Web Token", new Error("eyJhbGciOiJub25lIn0.eyJzdWIiOiJodW50ZXIyIn0.hunter2")],
    ["an API key", new Error("pgk_hunter2hunter2 is unknown")],
    ["a signing secret", new Error("whsec_hunter2 is too short")],
    ["an invitation's link", new Error("https://p.example/invitation#hunter2_and-more is used")],
    [
      "a cause",
      new Error("it failed", { cause: Object.assign(new Error("redis://:hunter2@redis"), command) }),
    ],
    ["several causes", new AggregateError([new Error("redis://:hunter2@redis")], "all failed")],
  ];
  it.each(errors)("has not %s", (_what, error) => {
    for (const fields of [{ err: error }, { reason: error }, error]) {
      const { log, text } = aLog(true, false);
      log.error(fields as object);
      expect(text()).toContain('"level":50');
      expect(text()).not.toMatch(/hunter2|redisw0rd|s3cr|eyJ/);
      expect(text()).not.toContain(KEY);
    }
  });

  it("has what a developer needs: the types, codes and stacks of it and of its causes", () => {
    const { log, text } = aLog(true, false);
    const cause = Object.assign(new TypeError("inner"), { code: "E_INNER" });
    log.error({ err: new RangeError("outer", { cause }) }, "it failed");
    expect(JSON.parse(text())).toMatchObject({
      msg: "it failed",
      err: { type: "RangeError", message: "outer", cause: { type: "TypeError", code: "E_INNER" } },
    });
    expect(text().match(/open-log\.plain\.test/g)?.length).toBeGreaterThanOrEqual(2);
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
