import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import libsql from "libsql";
import { openDatabase } from "../../src/database/open-database";
import { checkReadiness } from "../../src/database/check-readiness";
import type { SqliteAddress } from "../../src/database/data-sources";
import { takeServerLock } from "../../src/database/server-lock";
import { codeOf } from "../../src/transport/graphql/error-format";
import { type TestContext, openTestContext } from "../support/test-context";
import { makeTestDatabase } from "../support/test-database";
import { insertPartner, partnersNamed } from "./rows";
import { AT_ONCE_MS } from "../support/patience";

let testContext: TestContext;
beforeEach(async () => {
  testContext = await openTestContext();
});
afterEach(() => testContext.close());

const write = (name: string) => testContext.system.transaction((tx) => insertPartner(tx, { name }));
const codeOfWrite = (name: string) =>
  write(name).then(
    () => "done",
    (error: unknown) => codeOf(error).code,
  );

/** Sets something of the connection that writes. */
const pragma = (text: string) => testContext.database.schemaSource.query(`PRAGMA ${text}`);

describe("a database file that cannot grow", () => {
  it("refuses what needs room, is not ready until a write succeeds, and reads go on", async () => {
    await write("Before");
    await pragma("max_page_count = 1");
    const codes: string[] = [];
    while (codes.length < 200 && codes.at(-1) !== "SERVICE_UNAVAILABLE")
      codes.push(await codeOfWrite("Full".padEnd(200, "x")));
    expect(codes.at(-1)).toBe("SERVICE_UNAVAILABLE");
    expect(await checkReadiness(testContext.database)).toBe("DATABASE_FULL");
    expect(await partnersNamed(testContext, "Before")).toBe(1);
    await pragma("max_page_count = 1000000");
    await write("After");
    expect(await checkReadiness(testContext.database)).toBeUndefined();
    expect(await partnersNamed(testContext, "After")).toBe(1);
  });
});

describe("a database file that is read-only", () => {
  it("refuses writes with the reason, is not ready, and is ready again when it can be written", async () => {
    await pragma("query_only = 1");
    expect(await codeOfWrite("Refused")).toBe("SERVICE_UNAVAILABLE");
    expect(await checkReadiness(testContext.database)).toBe("DATABASE_READ_ONLY");
    expect(await partnersNamed(testContext, "Refused")).toBe(0);
    await pragma("query_only = 0");
    await write("Allowed");
    expect(await checkReadiness(testContext.database)).toBeUndefined();
  });
});

describe("a database file that this user may only read", () => {
  it("is refused at the start, and a command that reads it is not told that it can be written", async () => {
    const { address, folder, drop } = await makeTestDatabase();
    const options = { onProgress: () => undefined };
    await (await openDatabase(address, options)).close();
    // As another file: this process may still have the first one open, and SQLite would use that again.
    renameSync(folder, `${folder}-written`);
    mkdirSync(folder);
    copyFileSync(join(`${folder}-written`, "partnergraph.sqlite"), join(folder, "partnergraph.sqlite"));
    rmSync(`${folder}-written`, { recursive: true });
    await withoutRightToWrite(folder, async () => {
      await expect(openDatabase(address, options)).rejects.toMatchObject({
        name: "DatabaseUnavailable",
        message: expect.stringMatching(
          /cannot be used: .*Give the user of this process the right to write/,
        ) as string,
      });
      const reader = await openDatabase(address, { ...options, mustExist: true });
      expect(await checkReadiness(reader)).toBe("DATABASE_READ_ONLY");
      await reader.close();
    });
    await drop();
  });

  it("or a folder, is named by a server that takes its lock there", async () => {
    const { address, folder, drop } = await makeTestDatabase();
    writeFileSync(join(folder, "partnergraph.sqlite"), "");
    chmodSync(folder, 0o500);
    await withoutRightToWrite(folder, async () => {
      await expect(takeServerLock(address as SqliteAddress)).rejects.toThrow(
        /^The file \S+-lock cannot be used: this user has no right to; .* Set DATA_DIR to a folder in which this user may write/,
      );
    });
    await drop();
  });
});

/** Runs work in a process that owns the folder and may only read the database. Root, who may write everything, is somebody else meanwhile. */
async function withoutRightToWrite(folder: string, work: () => Promise<void>): Promise<void> {
  const file = join(folder, "partnergraph.sqlite");
  const user = process.geteuid?.() ?? 0;
  const reader = user === 0 ? 65_534 : user;
  for (const path of [folder, file]) chownSync(path, reader, -1);
  chmodSync(file, 0o400);
  // The folder of the run is closed to others.
  const { mode } = statSync(dirname(folder));
  chmodSync(dirname(folder), mode | 0o011);
  process.seteuid?.(reader);
  try {
    await work();
  } finally {
    process.seteuid?.(user);
    chmodSync(dirname(folder), mode);
  }
}

describe("a file that is no database", () => {
  it("is refused at the start in one line", async () => {
    const storage = await makeTestDatabase();
    writeFileSync(
      join(storage.folder, "partnergraph.sqlite"),
      "This is a letter and no database. ".repeat(100),
    );
    const opening = openDatabase(storage.address, { onProgress: () => undefined });
    await expect(opening).rejects.toMatchObject({
      name: "DatabaseUnavailable",
      message: expect.stringMatching(/cannot be used: .*not a database/) as string,
    });
    await storage.drop();
  });
});

describe("while another process holds the write lock", () => {
  it("reads go on, readiness does not wait long, and the event loop is never held up", async () => {
    const other = new libsql(join(testContext.environment.DATA_DIR, "partnergraph.sqlite"));
    other.exec("BEGIN IMMEDIATE");
    let longestMs = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - last);
      last = performance.now();
    }, 5);
    const startedAt = performance.now();
    expect(await checkReadiness(testContext.database)).toBeUndefined();
    expect(await partnersNamed(testContext, "Nobody")).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(AT_ONCE_MS);
    clearInterval(timer);
    other.close();
    expect(longestMs).toBeLessThan(500);
  });

  it("a program opens its database all the same where nothing is to be migrated", async () => {
    const other = new libsql(join(testContext.environment.DATA_DIR, "partnergraph.sqlite"));
    other.exec("BEGIN IMMEDIATE");
    const startedAt = performance.now();
    const second = await openDatabase(
      { family: "sqlite", file: join(testContext.environment.DATA_DIR, "partnergraph.sqlite") },
      { onProgress: () => undefined },
    );
    await second.close();
    expect(performance.now() - startedAt).toBeLessThan(AT_ONCE_MS);
    other.close();
  });
});
