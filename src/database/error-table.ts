import type { ReadinessReason } from "./readiness-reasons";

/** What an error of the database or of its driver means. */
export interface ErrorMeaning {
  /**
   * For the caller. RETRY_…: a transaction is tried again inside, and the caller is told the rest when no try is left. BUSY becomes
   * SERVICE_BUSY, UNAVAILABLE becomes SERVICE_UNAVAILABLE; INTERNAL is our own mistake.
   */
  caller: "RETRY_BUSY" | "RETRY_UNAVAILABLE" | "BUSY" | "UNAVAILABLE" | "INTERNAL";
  /** Why the server is not ready then; absent where this error says nothing of that. */
  readiness?: ReadinessReason;
  /** DISCARD where nobody knows what the session has become. */
  connection: "KEEP" | "DISCARD";
  /** What has become of the transaction where COMMIT fails like this. UNKNOWN becomes OUTCOME_UNKNOWN. */
  commit: "NOT_DONE" | "UNKNOWN";
}

/** Errors that mean the same. Those of MySQL, MariaDB, TiDB, Vitess and ProxySQL have numbers, all others only a code. */
interface ErrorGroup {
  means: ErrorMeaning;
  numbers?: readonly number[];
  codes?: readonly string[];
  /**
   * Must be found in the message too, where a number stands for several things; with no numbers, in one of an error without a number. Such
   * a group is asked before those without a text. A caller's values stand in some messages, so a text never decides alone.
   */
  text?: RegExp;
}

const [KEEP, DISCARD] = ["KEEP", "DISCARD"] as const;
const unavailable = (readiness: ReadinessReason, commit: ErrorMeaning["commit"] = "NOT_DONE") =>
  ({ caller: "UNAVAILABLE", readiness, connection: DISCARD, commit }) as const;

/** An error that no group has. Whether a COMMIT was done is not guessed. */
export const UNLISTED: ErrorMeaning = { caller: "INTERNAL", connection: DISCARD, commit: "UNKNOWN" };

/** The database or the driver closed the connection, or nothing can be sent over it any more. */
export const LOST: ErrorMeaning = { caller: "RETRY_UNAVAILABLE", connection: DISCARD, commit: "UNKNOWN" };

/** A unique index refused a row. */
export const DUPLICATE: ErrorMeaning = { caller: "INTERNAL", connection: KEEP, commit: "NOT_DONE" };

/** The code of our own error for a statement that had no answer when the deadline passed. */
export const NO_ANSWER = "NO_ANSWER_IN_TIME";

/**
 * Every error of a database server, of SQLite and of the driver that does not mean a mistake of ours. To add one, put its number or
 * code into the group that means the same. An SQLite code stands for all longer ones that begin with it and "_".
 */
export const ERROR_GROUPS: readonly ErrorGroup[] = [
  {
    // Galera: the write set could not be replicated, because the node lost its quorum.
    numbers: [1180],
    text: /appending streaming replication fragment/i,
    means: unavailable("DATABASE_NOT_READY"),
  },
  {
    // Vitess answers most of its own errors with 1105.
    numbers: [1105, 1203, 1317],
    text: /code = (Unavailable|ClusterEvent|ResourceExhausted)|no healthy tablet|primary is not serving|operation not allowed in state (NOT_SERVING|SHUTTING_DOWN)/i,
    means: unavailable("DATABASE_NOT_READY", "UNKNOWN"),
  },
  {
    // Vitess: the transaction was ended by a timeout or a change of the primary, before its COMMIT.
    numbers: [1105, 1317],
    text: /code = Aborted|transaction \d+: (not found|ended)/i,
    means: { caller: "RETRY_BUSY", connection: DISCARD, commit: "UNKNOWN" },
  },
  {
    // "Got error 28 from storage engine", "Error writing file … (Errcode: 28 "No space left on device")".
    numbers: [3, 20, 1026, 1030],
    text: /No space left on device|Err(code|no): 28\b|error 28\b/i,
    means: unavailable("DATABASE_FULL", "UNKNOWN"),
  },
  {
    // Lock wait timeout 1205, deadlock 1213, lock table full 1206, NOWAIT 3572, group replication 3101, changed since the snapshot 1020.
    // TiDB: write conflicts 8002, 8005, 9007; commit failed but may be tried again 8022; schema changed meanwhile 8027, 8028.
    numbers: [1020, 1205, 1206, 1213, 3101, 3572, 8002, 8005, 8022, 8027, 8028, 9007],
    codes: ["SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_SCHEMA", "SQLITE_PROTOCOL", "SQLITE_ABORT_ROLLBACK"],
    means: { caller: "RETRY_BUSY", connection: KEEP, commit: "NOT_DONE" },
  },
  {
    // KILL QUERY 1317; prepared statement unknown 1243 or to be prepared again 1615, as after a failover behind a proxy.
    numbers: [1243, 1317, 1615],
    codes: ["SQLITE_INTERRUPT"],
    means: { caller: "RETRY_BUSY", connection: DISCARD, commit: "UNKNOWN" },
  },
  {
    // Shutdown 1053; killed 1927 and 3169; network errors of the server 1152, 1158 to 1161, 1184; gone 2006, 2013, 2055; idle too long 4031.
    numbers: [1053, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 2006, 2013, 2055, 3169, 4031],
    codes: [
      ...["PROTOCOL_CONNECTION_LOST", "PROTOCOL_PACKETS_OUT_OF_ORDER", "PROTOCOL_SEQUENCE_TIMEOUT"],
      ...["ECONNRESET", "ECONNABORTED", "EPIPE", "ERR_STREAM_DESTROYED", "ERR_STREAM_WRITE_AFTER_END"],
    ],
    means: LOST,
  },
  { text: /connection is in closed state|write in closed state|Pool is closed/i, means: LOST },
  {
    // A statement ran longer than the server allows: max_statement_time 1969, max_execution_time 3024, TiDB 8175.
    numbers: [1907, 1969, 3024, 8175],
    means: { caller: "BUSY", connection: KEEP, commit: "UNKNOWN" },
  },
  { codes: [NO_ANSWER], means: { caller: "BUSY", connection: DISCARD, commit: "UNKNOWN" } },
  {
    // No connection can be made: addresses, ports, networks; host blocked 1129; a proxy's 2002, 2003, 2005; no file descriptor here.
    numbers: [1042, 1043, 1129, 2002, 2003, 2005, 2026],
    codes: [
      ...["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH"],
      ...["ENETDOWN", "EADDRNOTAVAIL", "EMFILE", "ENFILE", "ENOBUFS"],
      ...["HANDSHAKE_NO_SSL_SUPPORT", "HANDSHAKE_SSL_ERROR", "HANDSHAKE_UNKNOWN_ERROR"],
    ],
    means: unavailable("DATABASE_UNREACHABLE"),
  },
  {
    // An established connection can end like this as well.
    codes: ["ETIMEDOUT", "ESOCKETTIMEDOUT"],
    means: unavailable("DATABASE_UNREACHABLE", "UNKNOWN"),
  },
  {
    // Wrong password 1045 and 1698; database 1044, 1049; host 1130; expired or locked 1820, 1862, 3118, 4151; method of sign-in 1251, 1524.
    numbers: [1044, 1045, 1049, 1130, 1251, 1524, 1698, 1820, 1862, 3118, 3955, 4151],
    codes: ["AUTH_SWITCH_PLUGIN_ERROR"],
    means: unavailable("DATABASE_LOGIN_REFUSED"),
  },
  {
    // Table 1142, column 1143, routine 1370, SUPER and its parts 1227.
    numbers: [1142, 1143, 1227, 1370],
    means: unavailable("DATABASE_RIGHTS_MISSING"),
  },
  {
    // max_connections 1040, max_user_connections 1203, a user's limits 1226, no thread 1135.
    numbers: [1040, 1135, 1203, 1226],
    means: unavailable("DATABASE_CONNECTIONS_EXHAUSTED"),
  },
  { numbers: [1461], means: unavailable("DATABASE_STATEMENTS_EXHAUSTED") },
  {
    // read_only and super_read_only 1290, transaction 1792, innodb_read_only 1836, 1874 and 1036, innodb_force_recovery 1881.
    numbers: [1036, 1290, 1792, 1836, 1874, 1881],
    codes: ["SQLITE_READONLY"],
    means: unavailable("DATABASE_READ_ONLY"),
  },
  // Galera without quorum, to everything: "WSREP has not yet prepared node for application use". To a COMMIT too, also where the others have
  // already been sent what it writes.
  { numbers: [1047], means: unavailable("DATABASE_NOT_READY", "UNKNOWN") },
  {
    // offline_mode 3032, group replication 3092 and 3100. TiDB: PD and TiKV do not answer 9001 to 9006,
    // 9008, 9009, GC 8055. ProxySQL: no server of the hostgroup in time 9001, 9002, query timeout 9003, too many 9004 to 9006.
    numbers: [3032, 3092, 3100, 8055, 9001, 9002, 9003, 9004, 9005, 9006, 9008, 9009],
    means: unavailable("DATABASE_NOT_READY", "UNKNOWN"),
  },
  {
    // The server says that it failed in the midst of COMMIT 1180 or ROLLBACK 1181, or does not know itself, as TiDB with 8501.
    numbers: [1180, 1181, 8501],
    means: unavailable("DATABASE_NOT_READY", "UNKNOWN"),
  },
  {
    // Disk full 1021, table full 1114; the binary log's or a temporary file cannot be written 1026, 3.
    numbers: [1021, 1114],
    codes: ["SQLITE_FULL"],
    means: unavailable("DATABASE_FULL"),
  },
  { numbers: [3, 1026], means: unavailable("DATABASE_FULL", "UNKNOWN") },
  {
    numbers: [5, 1037, 1038, 1041],
    codes: ["SQLITE_NOMEM"],
    means: unavailable("DATABASE_OUT_OF_MEMORY", "UNKNOWN"),
  },
  {
    // What reached the disk before a failed write may be found there after a crash.
    codes: ["SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_NOLFS"],
    means: unavailable("DATABASE_DISK_FAILED", "UNKNOWN"),
  },
  {
    // Index 1034, 1712; tables 1194, 1195; files 1033, 1877, 1932.
    numbers: [1033, 1034, 1194, 1195, 1712, 1877, 1932],
    codes: ["SQLITE_CORRUPT", "SQLITE_NOTADB"],
    means: unavailable("DATABASE_DAMAGED", "UNKNOWN"),
  },
  {
    numbers: [1062, 1586],
    codes: ["SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_ROWID"],
    means: DUPLICATE,
  },
  {
    // A deferred constraint refuses the commit, and SQLite keeps the transaction open.
    codes: ["SQLITE_CONSTRAINT"],
    means: { caller: "INTERNAL", connection: KEEP, commit: "NOT_DONE" },
  },
];
