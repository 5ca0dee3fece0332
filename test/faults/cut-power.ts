import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { type FaultEnvironment, withFaultEnvironment, type Organization } from "./fault-environment";
import { PatientClient } from "./patient-client";
import { checkDatabase } from "./power-cut";
import type { ServerNode } from "./server-node";

/** How much of it. */
export interface CutPowerOptions {
  /** How often the power is cut. */
  cuts: number;
  clients: number;
  /** The run fails when it takes longer, in seconds. */
  longest: number;
}

/** What was measured; all that must hold has held when this is given. */
export interface CutPowerReport {
  cuts: number;
  /** Writes that were acknowledged before the last cut, each of which every later copy holds. */
  acknowledged: number;
  /** How many of the copies lacked something that was written and not acknowledged yet. */
  copiesThatLost: number;
  seconds: number;
}

const INVITE = `mutation ($email: String!, $key: String!) {
  inviteCustomer(input: { recipientEmail: $email, idempotencyKey: $key }) {
    invitation { id } userErrors { code message } } }`;

const NAME = "partnergraph.sqlite";
/** What a disk writes at once. */
const SECTOR = 512;

/**
 * Cuts the power of a server on SQLite again and again while clients write. The server runs with a library that keeps each file as it
 * was when it was last flushed. For a cut the server is stopped for a moment, and what a disk would hold is put together from the
 * flushed files and some of the sectors that were written after. Each such copy must open, be sound, hold no half states, and hold
 * every write that was acknowledged before the cut.
 */
export function cutPower(options: CutPowerOptions): Promise<CutPowerReport> {
  return withFaultEnvironment(options.longest * 1000, async (faultEnvironment) => {
    const began = performance.now();
    const kept = join(faultEnvironment.folder, "flushed");
    mkdirSync(kept);
    const library = await compileLibrary(faultEnvironment.folder);
    const node = await faultEnvironment.startNode({
      LD_PRELOAD: library,
      KEEP_NAME: NAME,
      KEEP_FOLDER: kept,
    });
    const partner = await faultEnvironment.enrolPartner("Partner");
    const writers = new Writers(new PatientClient(node.url, faultEnvironment.signal), partner);
    writers.start(options.clients);
    let copiesThatLost = 0;
    for (let cut = 0; cut < options.cuts; cut++) {
      const before = writers.acknowledged.length;
      while (writers.acknowledged.length < before + 3)
        await pause(1, undefined, { signal: faultEnvironment.signal });
      await pause(Math.random() * 20);
      copiesThatLost += await checkCut(faultEnvironment, node, { kept, writers });
    }
    await writers.stop();
    const acknowledged = writers.acknowledged.length;
    const seconds = Math.round((performance.now() - began) / 1000);
    return { cuts: options.cuts, acknowledged, copiesThatLost, seconds };
  });
}

/** Clients that write one invitation after the other. */
class Writers {
  /** Ids of the invitations whose making was acknowledged. */
  readonly acknowledged: string[] = [];
  private begun = 0;
  private isOver = false;
  private working: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly client: PatientClient,
    private readonly partner: Organization,
  ) {}

  start(clients: number): void {
    this.working = Promise.all(Array.from({ length: clients }, () => this.work()));
    this.working.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.working;
  }

  private async work(): Promise<void> {
    while (!this.isOver) {
      const n = this.begun++;
      const variables = { email: `boss@customer-${n}.example`, key: `invite-${n}` };
      const { inviteCustomer } = await this.client.ask(this.partner.token, INVITE, variables);
      if (!inviteCustomer.invitation) throw new Error(`invitation ${n}: ${JSON.stringify(inviteCustomer)}`);
      this.acknowledged.push(inviteCustomer.invitation.id);
    }
  }
}

/** Gives 1 when the copy lacks what was written last, otherwise 0. */
async function checkCut(
  faultEnvironment: FaultEnvironment,
  node: ServerNode,
  { kept, writers }: { kept: string; writers: Writers },
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "partnergraph-power-cut-"));
  try {
    const { promised, isShort } = await whileStopped(node, () => {
      const lengths = ["", "-wal"].map((end) =>
        copyFlushed(faultEnvironment.folder, kept, folder, `${NAME}${end}`),
      );
      return { promised: [...writers.acknowledged], isShort: lengths.some((one) => one) };
    });
    const found = await checkDatabase(join(folder, NAME), async (ask) => {
      const rows = await ask("SELECT id FROM invitation");
      return new Set(rows.map(({ id }) => String(id)));
    });
    const missing = promised.filter((id) => !found.has(id));
    if (missing.length > 0)
      throw new Error(
        `after a power cut ${missing.length} of ${promised.length} acknowledged writes were missing, the first ${missing[0]}`,
      );
    return Number(isShort);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Nothing is written meanwhile. What has come back to the clients by now was acknowledged before. */
async function whileStopped<T>(node: ServerNode, work: () => T): Promise<T> {
  process.kill(node.pid, "SIGSTOP");
  try {
    // Answers that are on their way arrive: they were given before the power was cut.
    await pause(10);
    return work();
  } finally {
    process.kill(node.pid, "SIGCONT");
  }
}

/**
 * Puts together what a disk holds of a file: what was flushed, and of what was written after that each sector or none, all, or some.
 * Gives whether something of what was written is not in it.
 */
function copyFlushed(live: string, kept: string, target: string, name: string): boolean {
  const [flushed, written] = [join(kept, name), join(live, name)];
  const base = existsSync(flushed) ? readFileSync(flushed) : Buffer.alloc(0);
  if (!existsSync(written)) return false;
  const now = readFileSync(written);
  const chance = [0, 0.5, 1][randomInt(3)] ?? 0;
  const sectors: Buffer[] = [];
  let isShort = false;
  for (let at = 0; at < Math.max(base.length, now.length); at += SECTOR) {
    const [before, after] = [base.subarray(at, at + SECTOR), now.subarray(at, at + SECTOR)];
    const isWritten = after.length > 0 && (before.equals(after) || Math.random() < chance);
    isShort ||= !isWritten;
    sectors.push(isWritten ? after : before.length > 0 ? before : Buffer.alloc(after.length));
  }
  writeFileSync(join(target, name), Buffer.concat(sectors));
  return isShort;
}

/** Builds the library that keeps flushed files. */
async function compileLibrary(folder: string): Promise<string> {
  const library = join(folder, "keep-flushed.so");
  const source = join(__dirname, "native/keep-flushed.c");
  await promisify(execFile)("cc", ["-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"]);
  return library;
}

/** Whether there is a C compiler, and a system on which a library can be put before others. */
export async function canKeepFlushed(): Promise<boolean> {
  if (process.platform !== "linux") return false;
  return promisify(execFile)("cc", ["--version"]).then(
    () => true,
    () => false,
  );
}
