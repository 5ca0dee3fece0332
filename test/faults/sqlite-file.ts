import { contributions } from "../../src/areas";
import { execFile } from "node:child_process";
import { linkSync, mkdirSync, renameSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { systemClock } from "../../src/values/instant";
import { openDatabase } from "../../src/database/open-database";
import { runUnitOfWork } from "../../src/unit-of-work/unit-of-work";
import type { Answer } from "../support/test-server";
import {
  enrol,
  type FaultEnvironment,
  withFaultEnvironment,
  openIssuer,
  type Organization,
} from "./fault-environment";
import { checkDatabase } from "./power-cut";
import type { ServerNode } from "./server-node";

/** How much of it. */
export interface SqliteFileOptions {
  /** How often each fault is tried. */
  rounds: number;
  /** The names of those to try; all when absent. */
  only?: string[];
  /** The run fails when it takes longer, in seconds. */
  longest: number;
}

/** What was measured; all that must hold has held when this is given. */
export interface SqliteFileReport {
  /** How often each fault was tried; 0 where the system does not let us. */
  tried: Record<string, number>;
  /** Writes that were acknowledged, each of which is there in the end. */
  acknowledged: number;
  /** Writes that were refused, by code. */
  refused: Record<string, number>;
  /** Reads that were answered while writes were refused. */
  reads: number;
  /** How long after the fault listeners were told, in milliseconds, at most. */
  toldWithinMs: number;
  seconds: number;
}

const NAME = "partnergraph.sqlite";
const DISK_BYTES = 24 * 1024 * 1024;
/** A write takes some 40 kB, so a disk of this size is full long before. */
const MAX_WRITES_UNTIL_FULL = 2_000;
const TOLD_WITHIN_MS = 10_000;

const run = promisify(execFile);

/** A server whose data folder is its own, and what was asked of it. */
interface Setup {
  faultEnvironment: FaultEnvironment;
  folder: string;
  file: string;
  node: ServerNode;
  partner: Organization;
  acknowledged: Set<string>;
  report: SqliteFileReport;
  /** Whether the folder is a small disk of its own. */
  isMounted: boolean;
}

/** One kind of fault. Gives false where the system does not let us try it. */
type Fault = (setup: Setup) => Promise<boolean>;

const faults: Record<string, Fault> = {
  "disk full": diskFull,
  "read-only": readOnly,
  "file deleted": fileDeleted,
  "log deleted": logDeleted,
  "older copy in its place": olderCopy,
  "second server": secondServer,
};

/**
 * Does to the files of a server on SQLite what happens to files: the disk is full, or read-only, the file is deleted, an older copy
 * takes its place, a second server is started on it. Writes must be refused with a code that says so and reads go on; nothing that
 * was acknowledged may be missing afterwards, and the file must be sound.
 */
export function hurtSqliteFile({ rounds, only, longest }: SqliteFileOptions): Promise<SqliteFileReport> {
  return withFaultEnvironment(longest * 1000, async (faultEnvironment) => {
    const began = performance.now();
    const report: SqliteFileReport = {
      ...{ tried: {}, acknowledged: 0, refused: {}, reads: 0, toldWithinMs: 0, seconds: 0 },
    };
    for (const [name, fault] of Object.entries(faults)) {
      if (only?.includes(name) === false) continue;
      report.tried[name] = 0;
      for (let round = 0; round < rounds; round++) {
        const setup = await prepare(faultEnvironment, `${name.replaceAll(" ", "-")}-${round}`, report);
        try {
          if (await fault(setup)) report.tried[name]++;
          else process.stdout.write(`${name} is skipped: it takes the right to mount\n`);
        } finally {
          await setup.node.kill();
        }
        report.acknowledged += setup.acknowledged.size;
      }
    }
    report.seconds = Math.round((performance.now() - began) / 1000);
    return report;
  });
}

/** A folder that can be mounted on its own, a database with a partner in it, and a server. */
async function prepare(
  faultEnvironment: FaultEnvironment,
  name: string,
  report: SqliteFileReport,
): Promise<Setup> {
  const folder = join(faultEnvironment.folder, name);
  mkdirSync(folder);
  const isMounted = await mountSmall(folder);
  if (isMounted) faultEnvironment.atTheEnd(() => run("umount", ["-l", folder]));
  const file = join(folder, NAME);
  const database = await openDatabase({ family: "sqlite", file }, { onProgress: () => undefined });
  const issuer = await openIssuer(folder, faultEnvironment.secrets);
  const caller = () => ({
    actor: { kind: "SYSTEM" as const },
    requestId: "fault",
    now: systemClock,
    contributions,
  });
  const transact: FaultEnvironment["transact"] = (work) =>
    runUnitOfWork(database, () => undefined, caller(), work);
  const partner = await enrol({ transact, issuer }, name).finally(() => database.close());
  const node = await faultEnvironment.startNode({ DATA_DIR: folder });
  return { faultEnvironment, folder, file, node, partner, acknowledged: new Set(), report, isMounted };
}

const INVITE = `mutation ($email: String!, $key: String!) {
  inviteCustomer(input: { recipientEmail: $email, idempotencyKey: $key }) {
    invitation { id } userErrors { code message } } }`;

async function ask({ node, partner }: Setup, query: string, variables: object = {}): Promise<Answer> {
  const response = await fetch(`${node.url}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${partner.token}`, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

let written = 0;

/** Writes once; gives the code of the refusal, or nothing where it was acknowledged. */
async function write(setup: Setup): Promise<string | undefined> {
  const n = ++written;
  const variables = { email: `boss@customer-${n}.example`, key: `invite-${n}` };
  const { data, errors } = await ask(setup, INVITE, variables);
  const id = data?.inviteCustomer?.invitation?.id as string | undefined;
  if (id) setup.acknowledged.add(id);
  return id ? undefined : (errors?.[0]?.extensions.code ?? "none");
}

async function writeMany(setup: Setup, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const code = await write(setup);
    if (code !== undefined) throw new Error(`a write was refused where there was no fault: ${code}`);
  }
}

/** A write that must be refused, and a read that must be answered all the same. */
async function mustRefuse(setup: Setup, what: string): Promise<void> {
  const { report } = setup;
  const code = (await write(setup)) ?? "acknowledged";
  report.refused[code] = (report.refused[code] ?? 0) + 1;
  if (code !== "SERVICE_UNAVAILABLE") throw new Error(`${what}: a write was answered ${code}`);
  const { data, errors } = await ask(setup, "{ invitations(first: 1) { totalCount } }");
  if (data?.invitations?.totalCount !== setup.acknowledged.size)
    throw new Error(`${what}: a read was answered ${JSON.stringify(data ?? errors)}`);
  report.reads++;
}

/** The file is sound, and everything that was acknowledged is in it. */
async function mustHoldAll({ acknowledged }: Setup, file: string): Promise<void> {
  const missing = await checkDatabase(file, async (query) => {
    const found = new Set((await query("SELECT id FROM invitation")).map(({ id }) => String(id)));
    return [...acknowledged].filter((id) => !found.has(id)).length;
  });
  if (missing > 0) throw new Error(`${missing} of ${acknowledged.size} acknowledged writes are missing`);
}

/** Readiness must come to this within some seconds. */
async function mustBeReady({ node }: Setup, isReady: boolean, what: string): Promise<void> {
  const latest = performance.now() + TOLD_WITHIN_MS;
  for (;;) {
    const { status } = await fetch(`${node.url}/readyz`);
    if ((status === 200) === isReady) return;
    if (performance.now() > latest) throw new Error(`${what}: /readyz answered ${status}`);
    await pause(50);
  }
}

/** A listener by SSE; `ended` resolves to the code that it is ended with, when it is. */
async function listen({ node, partner }: Setup): Promise<{ ended: Promise<string | undefined> }> {
  const response = await fetch(`${node.url}/graphql/stream`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${partner.token}`,
      accept: "text/event-stream",
      "content-type": "application/json",
    },
    body: JSON.stringify({ query: "subscription { events(types: [USER_ADDED]) { id } }" }),
  });
  return { ended: response.text().then((text) => /"code":"(\w+)"/.exec(text)?.[1]) };
}

/** The listener must be told why it hears nothing any more. */
async function mustBeTold(
  { report }: Setup,
  ended: Promise<string | undefined>,
  what: string,
): Promise<void> {
  const began = performance.now();
  const code = await Promise.race([ended, pause(TOLD_WITHIN_MS, "not told")]);
  if (code !== "SERVICE_UNAVAILABLE") throw new Error(`${what}: a listener was told ${code}`);
  report.toldWithinMs = Math.max(report.toldWithinMs, Math.round(performance.now() - began));
}

async function diskFull(setup: Setup): Promise<boolean> {
  const { folder, file, node } = setup;
  if (!setup.isMounted) return false;
  await writeMany(setup, 5);
  const filler = join(folder, "filler");
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(filler, Buffer.alloc(bavail * bsize));
  // The write-ahead log may have room that it used before.
  for (let n = 0; n < MAX_WRITES_UNTIL_FULL && (await write(setup)) === undefined; n++) continue;
  for (let n = 0; n < 5; n++) await mustRefuse(setup, "disk full");
  rmSync(filler);
  await writeMany(setup, 5);
  await mustBeReady(setup, true, "disk with room again");
  await node.kill();
  await mustHoldAll(setup, file);
  return true;
}

/**
 * Of a running server no file can be taken away the right to be written, so the folder is read-only when it starts: seen through another
 * mount, since one with open files cannot be made read-only.
 */
async function readOnly(setup: Setup): Promise<boolean> {
  const { faultEnvironment, folder, file, node } = setup;
  if (!setup.isMounted) return false;
  await writeMany(setup, 5);
  await node.kill();
  const view = `${folder}-view`;
  mkdirSync(view);
  await run("mount", ["--bind", folder, view]);
  faultEnvironment.atTheEnd(() => run("umount", ["-l", view]));
  await run("mount", ["-o", "remount,bind,ro", view]);
  const reader = await faultEnvironment.makeNode({ DATA_DIR: view });
  await mustNotStart(
    reader,
    /^The database \S+ cannot be used: .*right to write the folder/,
    "read-only folder",
  );
  const maker = await faultEnvironment.makeNode({ DATA_DIR: join(view, "new") });
  await mustNotStart(maker, /cannot be made: its file system is read-only/, "folder on a read-only disk");
  await node.start();
  await writeMany(setup, 1);
  await node.kill();
  await mustHoldAll(setup, file);
  return true;
}

async function fileDeleted(setup: Setup): Promise<boolean> {
  const { file, folder, node } = setup;
  await writeMany(setup, 5);
  const { ended } = await listen(setup);
  // The same file by another name, as nobody has it in earnest: to see that nothing was lost on the way.
  const kept = join(folder, "kept.sqlite");
  linkSync(file, kept);
  rmSync(file);
  await mustRefuse(setup, "file deleted");
  await mustBeTold(setup, ended, "file deleted");
  await mustBeReady(setup, false, "file deleted");
  await mustRefuse(setup, "file deleted");
  await node.kill();
  await mustHoldAll(setup, kept);
  return true;
}

async function logDeleted(setup: Setup): Promise<boolean> {
  const { file, node } = setup;
  await writeMany(setup, 5);
  const { ended } = await listen(setup);
  rmSync(`${file}-wal`);
  await mustRefuse(setup, "log deleted");
  await mustBeTold(setup, ended, "log deleted");
  await mustBeReady(setup, false, "log deleted");
  await node.kill();
  await mustHoldAll(setup, file);
  return true;
}

async function olderCopy(setup: Setup): Promise<boolean> {
  const { faultEnvironment, file, folder, node } = setup;
  await writeMany(setup, 3);
  const older = join(folder, "older.sqlite");
  const backup = await faultEnvironment.program.partnergraph(["backup", older], {
    ...faultEnvironment.environment,
    DATA_DIR: folder,
  });
  if (backup.code !== 0) throw new Error(`backup ended with ${backup.code}: ${backup.stderr}`);
  const early = new Set(setup.acknowledged);
  await writeMany(setup, 4);
  const after = await newestCursor(setup);
  const { ended } = await listen(setup);
  const kept = join(folder, "kept.sqlite");
  linkSync(file, kept);
  renameSync(older, file);
  await mustRefuse(setup, "older copy in its place");
  await mustBeTold(setup, ended, "older copy in its place");
  await mustBeReady(setup, false, "older copy in its place");
  await node.kill();
  await mustHoldAll(setup, kept);
  await node.start();
  setup.acknowledged = early;
  await mustRefuseCursor(setup, after, "EVENTS_CURSOR_AHEAD");
  await writeMany(setup, 9);
  await mustRefuseCursor(setup, after, "EVENTS_CURSOR_FROM_BEFORE_RESTORE");
  await node.kill();
  await mustHoldAll(setup, file);
  return true;
}

async function newestCursor(setup: Setup): Promise<string> {
  const { data } = await ask(setup, "{ viewer { newestEventCursor } }");
  return data.viewer.newestEventCursor as string;
}

async function mustRefuseCursor(setup: Setup, after: string, expected: string): Promise<void> {
  const { errors } = await ask(setup, "query ($after: String) { events(after: $after) { nodes { id } } }", {
    after,
  });
  const code = errors?.[0]?.extensions.code;
  if (code !== expected) throw new Error(`a cursor from before the older copy was answered ${code}`);
}

async function secondServer(setup: Setup): Promise<boolean> {
  const { faultEnvironment, folder, file, node } = setup;
  await writeMany(setup, 2);
  const second = await faultEnvironment.makeNode({ DATA_DIR: folder });
  await mustNotStart(second, new RegExp(`^Another server \\(process ${node.pid} `), "second server");
  for (const args of [["verify"], ["backup", join(folder, "beside.sqlite")], ["admin", "recount-rows"]]) {
    const { code, stderr } = await faultEnvironment.program.partnergraph(args, {
      ...faultEnvironment.environment,
      DATA_DIR: folder,
    });
    if (code !== 0) throw new Error(`${args.join(" ")} beside the server ended with ${code}: ${stderr}`);
  }
  await writeMany(setup, 2);
  await node.kill();
  await second.start();
  await second.kill();
  await mustHoldAll(setup, file);
  return true;
}

/** The start must end with 1, and say why in one line. */
async function mustNotStart(node: ServerNode, why: RegExp, what: string): Promise<void> {
  node.spawn();
  const code = await node.end();
  const words = node.lastWords
    .trim()
    .split("\n")
    .filter((line) => !line.startsWith("{"));
  if (code !== 1 || words.length !== 1 || !why.test(words[0] ?? ""))
    throw new Error(`${what}: a start ended with ${code}: ${words.join("\n")}`);
}

/** Gives the folder a small disk of its own, in memory; false where we may not. */
async function mountSmall(folder: string): Promise<boolean> {
  const mount = run("mount", ["-t", "tmpfs", "-o", `size=${DISK_BYTES},mode=700`, "tmpfs", folder]);
  return mount.then(
    () => true,
    () => false,
  );
}
