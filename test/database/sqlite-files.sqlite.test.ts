import { existsSync, linkSync, mkdtempSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkReadiness } from "../../src/database/check-readiness";
import type { Database } from "../../src/database/database";
import { openDatabase } from "../../src/database/open-database";
import { takeServerLock } from "../../src/database/server-lock";
import type { DomainError } from "../../src/errors/domain-error";
import { startTestServer } from "../support/test-server";
import { makeTestDatabase } from "../support/test-database";
import { refusalOf } from "../support/refusals";
import { until } from "../webhooks/webhook-test-context";

let folder: string;
let file: string;
let lost: DomainError[];
let open: Database[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "partnergraph-test-"));
  file = join(folder, "partnergraph.sqlite");
  lost = [];
  open = [];
});
afterEach(async () => {
  for (const database of open) await database.close();
  rmSync(folder, { recursive: true, force: true });
});

async function opened(path = file): Promise<Database> {
  const onFileLost = (refusal: DomainError) => void lost.push(refusal);
  const database = await openDatabase(
    { family: "sqlite", file: path },
    { onProgress: () => undefined, onFileLost },
  );
  open.push(database);
  return database;
}

const store = (database: Database, key: string) =>
  database.transact((connection) =>
    connection.change(
      "INSERT INTO idempotency_record (id, operation, inputHash, expiresAt) VALUES (?, 'o', 'h', '2027')",
      [key],
    ),
  );
const stored = async (database: Database) => {
  const rows = await database.read((reads) =>
    reads.rows<{ id: string }>("SELECT id FROM idempotency_record ORDER BY id"),
  );
  return rows.map(({ id }) => id).join("");
};

describe("the file of an open SQLite database", () => {
  it.each<[string, () => void]>([
    ["is deleted", () => rmSync(file)],
    ["is moved away", () => renameSync(file, join(folder, "moved"))],
    ["is replaced by an older copy", () => renameSync(join(folder, "older"), file)],
    ["loses its write-ahead log", () => rmSync(`${file}-wal`)],
    ["is deleted with its folder", () => renameSync(folder, `${folder}-moved`)],
  ])("that %s takes no write any more, is not ready, and shows what it held", async (_how, harm) => {
    const other = await opened(join(folder, "older"));
    await store(other, "x");
    await other.close();
    const database = await opened();
    await store(database, "a");
    expect(await stored(database)).toBe("a");
    const kept = join(folder, "kept");
    linkSync(file, kept);
    harm();
    try {
      expect(await refusalOf(store(database, "b"))).toBe("SERVICE_UNAVAILABLE");
      expect(await checkReadiness(database)).toBe("DATABASE_FILE_LOST");
      expect(await refusalOf(database.snapshot(() => Promise.resolve()))).toBe("SERVICE_UNAVAILABLE");
      expect(await stored(database)).toBe("a");
      await until(() => lost.length > 0);
      expect(lost.map(({ code }) => code)).toEqual(["SERVICE_UNAVAILABLE"]);
    } finally {
      if (existsSync(`${folder}-moved`)) renameSync(`${folder}-moved`, folder);
    }
    // What the log held was moved into the file that was open, and not into one that has its name now.
    expect(statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0);
    for (const each of open) await each.close();
    expect(await stored(await opened(kept))).toBe("a");
  });

  it("is left alone as long as nobody touches it, also when its log is emptied and other processes use it", async () => {
    const database = await opened();
    await store(database, "a");
    const beside = await opened();
    await store(beside, "b");
    await beside.close();
    await database.schemaSource.query("PRAGMA wal_checkpoint(TRUNCATE)");
    await store(database, "c");
    expect(await stored(database)).toBe("abc");
    expect(lost).toEqual([]);
  });
});

describe("a second server on a SQLite file", () => {
  const address = () => ({ family: "sqlite" as const, file });

  it("is refused with the process that has it and the way out, and starts when that one has ended", async () => {
    const lock = await takeServerLock(address());
    const second = takeServerLock(address(), 50);
    await expect(second).rejects.toThrow(
      new RegExp(
        `^Another server \\(process ${process.pid} on .*, since 20.*\\) uses the database ${file}.*DATABASE_URL`,
      ),
    );
    const waiting = takeServerLock(address(), 5_000);
    lock.release();
    lock.release();
    (await waiting).release();
    expect((statSync(`${file}-lock`).mode & 0o777).toString(8)).toBe("600");
  });

  it("is refused as a whole server, whose files stay free, and commands work beside the first", async () => {
    const database = await makeTestDatabase({ migrated: true });
    const first = await takeServerLock(database.address as never);
    await expect(startTestServer(database.environment)).rejects.toThrow(/^Another server/);
    first.release();
    const server = await startTestServer(database.environment);
    await (await openDatabase(database.address, { onProgress: () => undefined, mustExist: true })).close();
    await server.stop();
    await database.drop();
  });
});
