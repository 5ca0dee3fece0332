import { setTimeout as pause } from "node:timers/promises";
import { createConnection, type Connection } from "mysql2/promise";
import { type GaleraCluster, startGalera } from "./galera-cluster";
import { summary, type Summary } from "./statistics";

/** How much of it. */
export interface GaleraReadsOptions {
  /** How many rows are written on one node and read on another, for each way to read. */
  reads: number;
  /** How many connections write other rows meanwhile. */
  writers: number;
}

/** One way to read after a write of another node. */
interface WayReport {
  /** Reads that did not find the row. */
  stale: number;
  /** How long a read took, in microseconds. */
  readMicroseconds: Summary;
  /** How long a write took with whatever this way needs there, in microseconds. */
  writeMicroseconds: Summary;
}

/** What was measured, without other writes and with them. */
export type GaleraReadsReport = Record<"quiet" | "busy", Record<string, WayReport>>;

/** A way to read: what a session is set to, and what else is sent after a write and before a read. */
interface Way {
  setting: string;
  /** Gives the token that goes from the writer to the reader. */
  afterWrite?(writer: Connection): Promise<string>;
  beforeRead?(reader: Connection, token: string): Promise<void>;
}

const WAYS: Record<string, Way> = {
  "no wait": { setting: "SET SESSION wsrep_sync_wait = 0" },
  "wsrep_sync_wait = 1": { setting: "SET SESSION wsrep_sync_wait = 1" },
  "a token from the writer": {
    setting: "SET SESSION wsrep_sync_wait = 0",
    afterWrite: async (writer) => {
      const [rows] = await writer.query("SELECT WSREP_LAST_WRITTEN_GTID() AS token");
      return (rows as { token: string }[])[0]?.token ?? "";
    },
    beforeRead: async (reader, token) => {
      await reader.query("SELECT WSREP_SYNC_WAIT_UPTO_GTID(?, 2)", [token]);
    },
  },
};

/**
 * Writes rows on one node of a cluster and reads each on another one at once, in three ways: without care, with
 * `wsrep_sync_wait`, and with a token that the writer hands on. Shows how many reads miss the row, and what each way costs.
 * @throws Error a read with `wsrep_sync_wait = 1` missed a row, or no read without it did, so that nothing was shown
 */
export async function readOnGalera(options: GaleraReadsOptions): Promise<GaleraReadsReport> {
  const cluster = await startGalera();
  try {
    await cluster.nodes[0].run("CREATE DATABASE test_reads");
    await cluster.nodes[0].run("CREATE TABLE test_reads.written (id int PRIMARY KEY, other int NOT NULL)");
    await cluster.nodes[0].run("CREATE TABLE test_reads.other (id varchar(40) PRIMARY KEY, n int NOT NULL)");
    const quiet = await tryWays(cluster, options.reads, 0);
    const others = new AbortController();
    const busyWriters = Array.from({ length: options.writers }, (_, n) => writeOn(cluster, n, others.signal));
    const busy = await tryWays(cluster, options.reads, 1_000_000);
    others.abort();
    await Promise.all(busyWriters);
    const stale = (way: string) => (quiet[way]?.stale ?? 0) + (busy[way]?.stale ?? 0);
    if (stale("wsrep_sync_wait = 1") > 0 || stale("no wait") === 0)
      throw new Error(`stale reads: ${JSON.stringify({ quiet, busy })}`);
    return { quiet, busy };
  } finally {
    await cluster.stop();
  }
}

async function tryWays(cluster: GaleraCluster, reads: number, firstId: number) {
  const report: Record<string, WayReport> = {};
  let from = firstId;
  for (const [name, way] of Object.entries(WAYS)) {
    report[name] = await tryWay(cluster, way, from, reads);
    from += reads;
  }
  return report;
}

async function tryWay(
  { nodes: [one, , other] }: GaleraCluster,
  { setting, afterWrite, beforeRead }: Way,
  firstId: number,
  reads: number,
): Promise<WayReport> {
  const [writer, reader] = [await createConnection(one.url), await createConnection(other.url)];
  await reader.query(setting);
  const [reading, writing]: [number[], number[]] = [[], []];
  let stale = 0;
  for (let id = firstId; id < firstId + reads; id++) {
    const began = performance.now();
    await writer.execute("INSERT INTO test_reads.written VALUES (?, 0)", [id]);
    const token = (await afterWrite?.(writer)) ?? "";
    const written = performance.now();
    await beforeRead?.(reader, token);
    const [rows] = await reader.execute("SELECT id FROM test_reads.written WHERE id = ?", [id]);
    reading.push((performance.now() - written) * 1000);
    writing.push((written - began) * 1000);
    if ((rows as object[]).length === 0) stale++;
  }
  await Promise.all([writer.end(), reader.end()]);
  return { stale, readMicroseconds: summary(reading), writeMicroseconds: summary(writing) };
}

/** Writes rows of its own on one node until it is told to stop, some hundred a second. */
async function writeOn({ nodes }: GaleraCluster, n: number, signal: AbortSignal): Promise<void> {
  const connection = await createConnection((nodes[n % nodes.length] ?? nodes[0]).url);
  for (let id = 0; !signal.aborted; id++) {
    await connection.execute("INSERT INTO test_reads.other VALUES (?, ?)", [`${n}-${id}`, id]);
    await pause(5);
  }
  await connection.end();
}
