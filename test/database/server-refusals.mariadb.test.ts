import { contributions } from "../../src/areas";
import { type Connection, createConnection } from "mysql2/promise";
import { checkReadiness } from "../../src/database/check-readiness";
import type { Database } from "../../src/database/database";
import { openDatabase } from "../../src/database/open-database";
import type { ReadinessReason } from "../../src/database/readiness-reasons";
import { runUnitOfWork } from "../../src/unit-of-work/unit-of-work";
import { Deadline } from "../../src/context/deadline";
import { codeOf } from "../../src/transport/graphql/error-format";
import { KillableMariadb } from "../support/killable-mariadb";
import { insertPartner } from "./rows";
import { within } from "../support/patience";

let mariadb: KillableMariadb;
let admin: Connection;
let database: Database;
let url: URL;
beforeAll(async () => {
  // All tables in one file that cannot grow beyond its bound stand for a full disk.
  mariadb = await KillableMariadb.install([
    "--innodb-data-file-path=ibdata1:12M:autoextend:max:48M",
    "--innodb-file-per-table=0",
    "--max-user-connections=100",
  ]);
  admin = await createConnection(mariadb.url);
  await admin.query("CREATE DATABASE refusals CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  await admin.query("CREATE USER app@'%' IDENTIFIED BY 'first'");
  await admin.query("GRANT ALL ON refusals.* TO app@'%'");
  url = new URL(`${mariadb.url}/refusals`);
  [url.username, url.password] = ["app", "first"];
  database = await openDatabase(
    { family: "mysql", url: url.href, poolSize: 3 },
    { onProgress: () => undefined },
  );
});
afterAll(async () => {
  await database.close();
  await admin.end();
  await mariadb.remove();
});

/** Longer than a busy machine takes for what nothing stands in the way of. */
const DEADLINE_MS = 4_000;

const write = (name = "Some Partner") =>
  runUnitOfWork(
    database,
    () => undefined,
    {
      actor: { kind: "SYSTEM" },
      requestId: "test",
      now: () => "2026-03-01T12:00:00.000Z",
      contributions,
      deadline: new Deadline(DEADLINE_MS),
    },
    (tx) => insertPartner(tx, { name }),
  );
const read = () =>
  database.read((reads) => reads.rows("SELECT COUNT(*) AS n FROM partner"), {
    deadline: new Deadline(DEADLINE_MS),
  });

/** Ends all connections of the server's user, so that the next statement needs a new one. */
async function cutAll(): Promise<void> {
  await admin.query("KILL USER app");
  await new Promise((resolve) => setTimeout(resolve, 50));
}

async function codeOfRefusal(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return "done";
  } catch (error) {
    return codeOf(error).code;
  }
}

/** Provokes something, looks at what a write, a read and readiness say, takes it back, and looks again. */
async function during(provoke: string[], takeBack: string[], isOnNewConnections = false) {
  for (const sql of provoke) await admin.query(sql);
  if (isOnNewConnections) await cutAll();
  const found = {
    write: await codeOfRefusal(write),
    read: await codeOfRefusal(read),
    reason: await checkReadiness(database),
  };
  for (const sql of takeBack) await admin.query(sql);
  if (isOnNewConnections) await cutAll();
  await write();
  expect(await checkReadiness(database)).toBeUndefined();
  return found;
}

const UNAVAILABLE = "SERVICE_UNAVAILABLE";

describe("a MariaDB that refuses to work", () => {
  it.each<[string, string[], string[], boolean, { write: string; read: string; reason?: ReadinessReason }]>([
    [
      "only reads",
      ["SET GLOBAL read_only = 1"],
      ["SET GLOBAL read_only = 0"],
      false,
      { write: UNAVAILABLE, read: "done", reason: "DATABASE_READ_ONLY" },
    ],
    [
      "has another password for the user",
      ["ALTER USER app@'%' IDENTIFIED BY 'second'"],
      ["ALTER USER app@'%' IDENTIFIED BY 'first'"],
      true,
      { write: UNAVAILABLE, read: UNAVAILABLE, reason: "DATABASE_LOGIN_REFUSED" },
    ],
    [
      "took the right to change rows",
      ["REVOKE UPDATE, INSERT ON refusals.* FROM app@'%'"],
      ["GRANT ALL ON refusals.* TO app@'%'"],
      true,
      { write: UNAVAILABLE, read: "done", reason: "DATABASE_RIGHTS_MISSING" },
    ],
    [
      "took all rights",
      ["REVOKE ALL ON refusals.* FROM app@'%'"],
      ["GRANT ALL ON refusals.* TO app@'%'"],
      true,
      { write: UNAVAILABLE, read: UNAVAILABLE, reason: "DATABASE_LOGIN_REFUSED" },
    ],
    [
      "keeps no more prepared statements",
      ["SET GLOBAL max_prepared_stmt_count = 0"],
      ["SET GLOBAL max_prepared_stmt_count = 16382"],
      true,
      { write: UNAVAILABLE, read: UNAVAILABLE, reason: "DATABASE_STATEMENTS_EXHAUSTED" },
    ],
  ])("because it %s is SERVICE_UNAVAILABLE, not ready, and ready again afterwards", async (...row) => {
    const [, provoke, takeBack, isOnNewConnections, expected] = row;
    expect(await during(provoke, takeBack, isOnNewConnections)).toEqual(expected);
  });

  it("stops statements that take too long with SERVICE_BUSY, and stays ready", async () => {
    await admin.query("SET GLOBAL max_statement_time = 0.05");
    await cutAll();
    const slow = () => database.read((reads) => reads.rows("SELECT MAX(MD5(seq)) FROM seq_1_to_500000000"));
    expect(await codeOfRefusal(slow)).toBe("SERVICE_BUSY");
    expect(await checkReadiness(database)).toBeUndefined();
    await admin.query("SET GLOBAL max_statement_time = 0");
    await cutAll();
  });

  it("has a killed query done again", async () => {
    let tries = 0;
    await runUnitOfWork(
      database,
      () => undefined,
      { actor: { kind: "SYSTEM" }, requestId: "test", now: () => "2026-03-01T12:00:00.000Z", contributions },
      async (tx) => {
        const [row] = await tx.rows<{ id: number }>("SELECT CONNECTION_ID() AS id");
        if (++tries === 1) setTimeout(() => void admin.query(`KILL QUERY ${row?.id}`), 100);
        if (tries === 1) await tx.rows("SELECT MAX(MD5(seq)) FROM seq_1_to_500000000");
        return insertPartner(tx, {});
      },
    );
    expect(tries).toBe(2);
  });

  it("and is frozen has everything answered in time, is not ready, and serves when it goes on", async () => {
    await write();
    mariadb.freeze(true);
    const goOn = setTimeout(() => mariadb.freeze(false), 2 * within(DEADLINE_MS));
    const startedAt = performance.now();
    const found = await Promise.all([
      codeOfRefusal(write),
      codeOfRefusal(read),
      ...Array.from({ length: 8 }, () => codeOfRefusal(write)),
      checkReadiness(database),
    ]);
    const answeredAfter = performance.now() - startedAt;
    clearTimeout(goOn);
    mariadb.freeze(false);
    expect(found.pop()).toBe("DATABASE_UNREACHABLE");
    for (const code of found) expect(code).toMatch(/^SERVICE_(BUSY|UNAVAILABLE)$/);
    expect(answeredAfter).toBeLessThan(within(DEADLINE_MS));
    await write();
    expect(await checkReadiness(database)).toBeUndefined();
  });

  it("and is killed is not ready, and is ready again as soon as it is back", async () => {
    await admin.end();
    await mariadb.kill();
    expect(await codeOfRefusal(write)).toBe(UNAVAILABLE);
    expect(await checkReadiness(database)).toBe("DATABASE_UNREACHABLE");
    await mariadb.start();
    admin = await createConnection(mariadb.url);
    await write();
    expect(await checkReadiness(database)).toBeUndefined();
  });

  it("because the user has no connection left is SERVICE_UNAVAILABLE and not ready", async () => {
    await admin.query("SET GLOBAL max_user_connections = 1");
    await cutAll();
    const holder = await createConnection(url.href);
    holder.on("error", () => undefined);
    expect(await codeOfRefusal(write)).toBe(UNAVAILABLE);
    expect(await codeOfRefusal(read)).toBe(UNAVAILABLE);
    expect(await checkReadiness(database)).toBe("DATABASE_CONNECTIONS_EXHAUSTED");
    await admin.query("SET GLOBAL max_user_connections = 100");
    await write();
    expect(await checkReadiness(database)).toBeUndefined();
    await holder.end();
  });

  it("because it has no room left is SERVICE_UNAVAILABLE and not ready, and reads go on", async () => {
    await admin.query("CREATE TABLE refusals.filler (id int PRIMARY KEY AUTO_INCREMENT, body longblob)");
    const isFull = (body: Buffer) =>
      admin.query("INSERT INTO refusals.filler (body) VALUES (?)", [body]).then(
        () => false,
        () => true,
      );
    while (!(await isFull(Buffer.alloc(1_000_000))));
    while (!(await isFull(Buffer.alloc(10_000))));
    let code = "done";
    while (code === "done") code = await codeOfRefusal(() => write("x".repeat(200)));
    expect(code).toBe(UNAVAILABLE);
    expect(await checkReadiness(database)).toBe("DATABASE_FULL");
    expect(await codeOfRefusal(read)).toBe("done");
  });
});
