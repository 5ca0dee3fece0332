import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../src/database/open-database";

/*
 * SQLite's own files, as https://sqlite.org/walformat.html says: the write-ahead log is a header of 32 bytes and frames of
 * one page and 24 bytes each. Its index, in the -shm file, knows how many frames a checkpoint has begun to copy into the
 * database file: those were on the disk before that, so no power cut takes them away.
 */
const WAL_HEADER = 32;
const FRAME_HEADER = 24;
const PAGE_SIZE_AT = 8;
const SALT_AT = { wal: 16, index: 32 };
const SALT_BYTES = 8;
const NEWEST_FRAME_AT = 16;
const COPYING_BEGUN_AT = 128;

/** Each counts what is half done; every one must be 0. */
const HALF_STATES: Record<string, string> = {
  "streams whose head is not the number of their events": `SELECT COUNT(*) FROM organization_head head WHERE head.lastPosition <>
    (SELECT COUNT(*) FROM event WHERE event.organizationId = head.organizationId)`,
  "streams with a gap": `SELECT COUNT(*) FROM organization_head head WHERE head.lastPosition <>
    (SELECT COALESCE(MAX(position), 0) FROM event WHERE event.organizationId = head.organizationId)`,
  "activity logs whose head is not the number of their records": `SELECT COUNT(*) FROM organization_head head
    WHERE head.lastSequence <>
    (SELECT COUNT(*) FROM activity_record record WHERE record.organizationId = head.organizationId)`,
  "accepted invitations without their relationship": `SELECT COUNT(*) FROM invitation WHERE status = 'ACCEPTED' AND 1 <>
    (SELECT COUNT(*) FROM reseller_relationship made WHERE made.invitationId = invitation.id
       AND made.customerId = invitation.customerId AND made.status = 'ACTIVE')`,
  "relationships without their accepted invitation": `SELECT COUNT(*) FROM reseller_relationship made WHERE NOT EXISTS
    (SELECT 1 FROM invitation WHERE invitation.id = made.invitationId AND invitation.status = 'ACCEPTED')`,
  "acceptances that not both sides were told of": `SELECT 2 * (SELECT COUNT(*) FROM invitation WHERE status = 'ACCEPTED') -
    (SELECT COUNT(*) FROM event WHERE type = 'invitation.accepted')`,
  "customers without their user": `SELECT COUNT(*) FROM customer WHERE 1 <>
    (SELECT COUNT(*) FROM user_account WHERE user_account.organizationId = customer.id)`,
  "invitations whose answer is not remembered": `SELECT (SELECT COUNT(*) FROM invitation) -
    (SELECT COUNT(*) FROM idempotency_record WHERE sealedResult IS NOT NULL)`,
};

/**
 * What a power cut would have left of a database whose server has just been killed: a copy of its files with the log cut
 * off at a random byte behind what has reached the database file. The copy must open, be sound, and hold no half states;
 * that the newest commits are gone from it is the disk's doing. Gives how many events it has.
 * @throws Error naming what is not whole
 */
export async function checkPowerCut(file: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "partnergraph-power-cut-"));
  try {
    const copy = join(folder, "copy.sqlite");
    copyFileSync(file, copy);
    copyFileSync(`${file}-wal`, `${copy}-wal`);
    cutOff(`${copy}-wal`, readFileSync(`${file}-shm`));
    return await checkDatabase(copy, async (ask) => {
      const [events = {}] = await ask("SELECT COUNT(*) FROM event");
      return Number(Object.values(events)[0]);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Asks a database in SQL, and gives the rows. */
export type Ask = (sql: string) => Promise<Record<string, unknown>[]>;

/**
 * Opens a database file of a run as a server would; it must be sound and hold no half states. Gives what the further questions give.
 * @throws Error naming what is not whole
 */
export async function checkDatabase<T>(file: string, further: (ask: Ask) => Promise<T>): Promise<T> {
  const database = await openDatabase({ family: "sqlite", file }, { onProgress: () => undefined });
  const ask: Ask = (sql) => database.read((reads) => reads.rows<Record<string, unknown>>(sql));
  try {
    const [sound = {}] = await ask("PRAGMA integrity_check");
    if (Object.values(sound)[0] !== "ok") throw new Error(`after a power cut: ${JSON.stringify(sound)}`);
    for (const [what, sql] of Object.entries(HALF_STATES)) {
      const [row = {}] = await ask(sql);
      const count = Number(Object.values(row)[0]);
      if (count !== 0) throw new Error(`after a power cut: ${count} ${what}`);
    }
    return await further(ask);
  } finally {
    await database.close();
  }
}

/** Half of the cuts are among the last frames, where a transaction may lie across the cut. */
function cutOff(wal: string, index: Buffer): void {
  const { size } = statSync(wal);
  if (size <= WAL_HEADER) return;
  const bytes = readFileSync(wal);
  const saltIn = (from: Buffer, at: number) => from.toString("hex", at, at + SALT_BYTES);
  // The log is about to begin anew: all that the file still holds has been copied, and was on the disk before.
  if (saltIn(bytes, SALT_AT.wal) !== saltIn(index, SALT_AT.index)) return;
  const frame = FRAME_HEADER + bytes.readUInt32BE(PAGE_SIZE_AT);
  const first = WAL_HEADER + index.readUInt32LE(COPYING_BEGUN_AT) * frame;
  // Behind the newest frame stands what was not committed any more, and what is left of the log before this one.
  const last = Math.min(size, WAL_HEADER + (index.readUInt32LE(NEWEST_FRAME_AT) + 5) * frame);
  const from = Math.random() < 0.5 ? first : Math.max(first, last - 30 * frame);
  if (from < last) truncateSync(wal, from + Math.floor(Math.random() * (last - from)));
}
