import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDuplicate, meaningOf } from "../../src/database/database-errors";
import { databaseRefusal } from "../../src/database/database-refusal";
import { ERROR_GROUPS } from "../../src/database/error-table";
import { READINESS_REASONS } from "../../src/database/readiness-reasons";
import { codeOf } from "../../src/transport/graphql/error-format";

type Found = { errno?: number; code?: string; fatal?: boolean };

const failing = (found: Found, message = "it failed") => Object.assign(new Error(message), found);

/** An error, what the caller is told, the reason that readiness has, and what a COMMIT that fails so has done. */
const CASES: [Found, string, string, string?, ("NOT_DONE" | "UNKNOWN")?][] = [
  [{ errno: 1205 }, "lock wait timeout", "SERVICE_BUSY", undefined, "NOT_DONE"],
  [{ errno: 1213 }, "deadlock", "SERVICE_BUSY", undefined, "NOT_DONE"],
  [{ errno: 3101 }, "group replication", "SERVICE_BUSY", undefined, "NOT_DONE"],
  [{ errno: 3572 }, "NOWAIT", "SERVICE_BUSY"],
  [{ errno: 8002 }, "TiDB write conflict", "SERVICE_BUSY", undefined, "NOT_DONE"],
  [{ errno: 8005 }, "TiDB write conflict", "SERVICE_BUSY"],
  [{ errno: 8022 }, "TiDB commit failed", "SERVICE_BUSY"],
  [{ errno: 8028 }, "TiDB schema changed", "SERVICE_BUSY"],
  [{ errno: 9007 }, "TiDB write conflict", "SERVICE_BUSY"],
  [{ errno: 1317 }, "query killed", "SERVICE_BUSY", undefined, "UNKNOWN"],
  [{ errno: 1969 }, "max_statement_time", "SERVICE_BUSY"],
  [{ errno: 3024 }, "max_execution_time", "SERVICE_BUSY"],
  [{ errno: 1053 }, "shutdown", "SERVICE_UNAVAILABLE", undefined, "UNKNOWN"],
  [{ errno: 1927 }, "connection killed", "SERVICE_UNAVAILABLE", undefined, "UNKNOWN"],
  [{ errno: 2006 }, "gone away", "SERVICE_UNAVAILABLE", undefined, "UNKNOWN"],
  [{ errno: 2013 }, "lost connection", "SERVICE_UNAVAILABLE", undefined, "UNKNOWN"],
  [{ code: "PROTOCOL_CONNECTION_LOST", fatal: true }, "lost", "SERVICE_UNAVAILABLE", undefined, "UNKNOWN"],
  [{ code: "ECONNRESET", errno: -104, fatal: true }, "reset", "SERVICE_UNAVAILABLE", undefined, "UNKNOWN"],
  [{ fatal: true }, "Can't add new command when connection is in closed state", "SERVICE_UNAVAILABLE"],
  [{ code: "ECONNREFUSED", errno: -111 }, "refused", "SERVICE_UNAVAILABLE", "DATABASE_UNREACHABLE"],
  [{ code: "ETIMEDOUT" }, "timeout", "SERVICE_UNAVAILABLE", "DATABASE_UNREACHABLE", "UNKNOWN"],
  [{ code: "EAI_AGAIN", errno: -3001 }, "DNS", "SERVICE_UNAVAILABLE", "DATABASE_UNREACHABLE"],
  [{ errno: 1045 }, "password", "SERVICE_UNAVAILABLE", "DATABASE_LOGIN_REFUSED"],
  [{ errno: 1044 }, "database right", "SERVICE_UNAVAILABLE", "DATABASE_LOGIN_REFUSED"],
  [{ errno: 1142 }, "table right", "SERVICE_UNAVAILABLE", "DATABASE_RIGHTS_MISSING"],
  [{ errno: 1040 }, "max_connections", "SERVICE_UNAVAILABLE", "DATABASE_CONNECTIONS_EXHAUSTED"],
  [{ errno: 1203 }, "max_user_connections", "SERVICE_UNAVAILABLE", "DATABASE_CONNECTIONS_EXHAUSTED"],
  [{ errno: 1226 }, "a user's limit", "SERVICE_UNAVAILABLE", "DATABASE_CONNECTIONS_EXHAUSTED"],
  [{ errno: 1461 }, "prepared statements", "SERVICE_UNAVAILABLE", "DATABASE_STATEMENTS_EXHAUSTED"],
  [{ errno: 1290 }, "read_only", "SERVICE_UNAVAILABLE", "DATABASE_READ_ONLY", "NOT_DONE"],
  [{ errno: 1792 }, "read-only transaction", "SERVICE_UNAVAILABLE", "DATABASE_READ_ONLY"],
  [{ errno: 1836 }, "innodb_read_only", "SERVICE_UNAVAILABLE", "DATABASE_READ_ONLY"],
  [
    { errno: 1047 },
    "WSREP has not yet prepared node for application use",
    "SERVICE_UNAVAILABLE",
    "DATABASE_NOT_READY",
    "UNKNOWN",
  ],
  [
    { errno: 1180 },
    "Error while appending streaming replication fragment",
    "SERVICE_UNAVAILABLE",
    "DATABASE_NOT_READY",
    "NOT_DONE",
  ],
  [{ errno: 1180 }, "Got error 5 during COMMIT", "SERVICE_UNAVAILABLE", "DATABASE_NOT_READY", "UNKNOWN"],
  [{ errno: 1181 }, "Got error 5 during ROLLBACK", "SERVICE_UNAVAILABLE", "DATABASE_NOT_READY"],
  ...[9001, 9002, 9003, 9004, 9005, 9006].map(
    (errno) =>
      [{ errno }, "TiDB or ProxySQL", "SERVICE_UNAVAILABLE", "DATABASE_NOT_READY"] as (typeof CASES)[number],
  ),
  [
    { errno: 9001 },
    "Max connect timeout reached while reaching hostgroup 0 after 10000ms",
    "SERVICE_UNAVAILABLE",
    "DATABASE_NOT_READY",
  ],
  [
    { errno: 1105 },
    "target: commerce.0.primary: vttablet: rpc error: code = Unavailable desc = error reading from server: EOF",
    "SERVICE_UNAVAILABLE",
    "DATABASE_NOT_READY",
    "UNKNOWN",
  ],
  [
    { errno: 1105 },
    "target: commerce.0.primary: primary is not serving, there may be a reparent operation in progress",
    "SERVICE_UNAVAILABLE",
    "DATABASE_NOT_READY",
  ],
  [{ errno: 1021 }, "disk full", "SERVICE_UNAVAILABLE", "DATABASE_FULL"],
  [{ errno: 1114 }, "table full", "SERVICE_UNAVAILABLE", "DATABASE_FULL"],
  [
    { errno: 1026 },
    `Error writing file 'x' (Errcode: 28 "No space left on device")`,
    "SERVICE_UNAVAILABLE",
    "DATABASE_FULL",
  ],
  [{ errno: 1041 }, "out of memory", "SERVICE_UNAVAILABLE", "DATABASE_OUT_OF_MEMORY"],
  [{ code: "SQLITE_BUSY" }, "database is locked", "SERVICE_BUSY", undefined, "NOT_DONE"],
  [{ code: "SQLITE_BUSY_SNAPSHOT" }, "database is locked", "SERVICE_BUSY"],
  [{ code: "SQLITE_LOCKED_SHAREDCACHE" }, "locked", "SERVICE_BUSY"],
  [{ code: "SQLITE_FULL" }, "full", "SERVICE_UNAVAILABLE", "DATABASE_FULL", "NOT_DONE"],
  [{ code: "SQLITE_READONLY" }, "read-only", "SERVICE_UNAVAILABLE", "DATABASE_READ_ONLY"],
  [{ code: "SQLITE_READONLY_DBMOVED" }, "moved", "SERVICE_UNAVAILABLE", "DATABASE_READ_ONLY"],
  [
    { code: "SQLITE_IOERR_FSYNC" },
    "disk I/O error",
    "SERVICE_UNAVAILABLE",
    "DATABASE_DISK_FAILED",
    "UNKNOWN",
  ],
  [{ code: "SQLITE_CANTOPEN" }, "cannot open", "SERVICE_UNAVAILABLE", "DATABASE_DISK_FAILED"],
  [{ code: "SQLITE_CORRUPT" }, "malformed", "SERVICE_UNAVAILABLE", "DATABASE_DAMAGED"],
  [{ code: "SQLITE_NOTADB" }, "not a database", "SERVICE_UNAVAILABLE", "DATABASE_DAMAGED"],
];

describe("the error table", () => {
  it.each(CASES.map((one) => [one]))("tells of %j", ([found, message, code, readiness, commit]) => {
    const error = failing(found, message);
    expect(codeOf(error).code).toBe(code);
    expect(meaningOf(error).readiness).toBe(readiness);
    if (commit) expect(meaningOf(error).commit).toBe(commit);
    const told = databaseRefusal(error)?.message;
    if (readiness) expect(told).toContain(READINESS_REASONS[readiness as keyof typeof READINESS_REASONS]);
  });

  it("has reasons that the operators' guide explains", () => {
    const guide = readFileSync(join(__dirname, "../../docs/operating.md"), "utf8");
    for (const reason of Object.keys(READINESS_REASONS)) expect(guide).toContain(`\`${reason}\``);
  });

  it("has each number and code once, apart from those that a text decides on", () => {
    const plain = ERROR_GROUPS.filter(({ text }) => !text);
    const all = plain.flatMap(({ numbers = [], codes = [] }) => [...numbers, ...codes]);
    expect(all.filter((one, at) => all.indexOf(one) !== at)).toEqual([]);
  });

  it("knows nothing of our own mistakes, discards the connection, and does not guess what a COMMIT has done", () => {
    for (const error of [failing({ errno: 1064 }), failing({ errno: 1146 }), new Error("ours")]) {
      expect(codeOf(error).code).toBe("INTERNAL");
      expect(meaningOf(error)).toMatchObject({ connection: "DISCARD", commit: "UNKNOWN" });
    }
  });

  it("never goes by what a caller's value says", () => {
    const duplicate = failing(
      { errno: 1062 },
      "Duplicate entry 'code = Unavailable error 28 WSREP has not yet prepared node' for key 'x'",
    );
    expect(isDuplicate(duplicate)).toBe(true);
    expect(meaningOf(duplicate).readiness).toBeUndefined();
    const vitess = failing(
      { errno: 1105 },
      `target: ks.0.primary: vttablet: syntax error (CallerID: a): Sql: "insert into t values ('code = Unavailable')"`,
    );
    expect(codeOf(vitess).code).toBe("INTERNAL");
  });

  it("takes an error that broke the connection for an unknown outcome, whatever it says", () => {
    expect(meaningOf(failing({ errno: 1213, fatal: true }))).toMatchObject({
      connection: "DISCARD",
      commit: "UNKNOWN",
    });
  });
});
