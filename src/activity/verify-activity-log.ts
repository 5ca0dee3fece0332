import type { ActivityRecord } from "../../entities/activity/activity-record";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { searchKey } from "../values/search-key";
import { type HashedColumns, hashOf } from "./activity-chain";
import { hasLog, readLogEnd, readLogOwners, readRecords, type StoredRecord } from "./activity.repository";

/** The first place at which a log is not what the program wrote. */
export interface Damage {
  /** The number of the record that was touched, or of the first one that is missing. */
  sequence: number;
  /** The id that stands there now; null where no record does. */
  id: string | null;
  /** What is wrong, in words. */
  problem: string;
}

/** What is found out about one organization's log. */
export interface LogReport {
  organizationId: string;
  /** How many records follow each other without a fault, from the first one. */
  records: number;
  /** The hash of the last of them; empty when there is none. */
  headHash: string;
  /** Absent: the log is whole. */
  damage?: Damage;
}

type ReadContext = Pick<UseCaseContext, "read">;

/** How many rows are in memory at a time. */
const BATCH = 500;

/** Whether there is anything to verify of an organization: a head or a record. */
export function hasActivityLog(ctx: ReadContext, organizationId: string): Promise<boolean> {
  return ctx.read((reads) => hasLog(reads, organizationId));
}

/** Recomputes the chain of one organization's log, or of every one in the order of their ids, and says what it found. */
export async function* verifyActivityLog(
  ctx: ReadContext,
  organizationId?: string,
): AsyncGenerator<LogReport, void> {
  if (organizationId !== undefined) {
    yield await verifyOne(ctx, organizationId);
    return;
  }
  let owners: string[] = [];
  do {
    const after = owners[owners.length - 1] ?? "";
    owners = await ctx.read((reads) => readLogOwners(reads, after, BATCH));
    for (const owner of owners) yield await verifyOne(ctx, owner);
  } while (owners.length === BATCH);
}

/** A record by what the next one continues. */
interface Link {
  sequence: number;
  hash: string;
}

async function verifyOne(ctx: ReadContext, organizationId: string): Promise<LogReport> {
  // Before the records: whatever it counts must be found, though more may be written meanwhile.
  const end = await ctx.read((reads) => readLogEnd(reads, organizationId));
  let last: Link = { sequence: 0, hash: "" };
  let hashAtEnd = "";
  const report = (damage?: Damage) => ({
    organizationId,
    records: last.sequence,
    headHash: last.hash,
    ...(damage && { damage }),
  });
  for await (const record of recordsOf(ctx, organizationId)) {
    const damage = damageOf(record, last);
    if (damage) return report(damage);
    last = { sequence: Number(record.sequence), hash: String(record.hash) };
    if (last.sequence === end?.sequence) hashAtEnd = last.hash;
  }
  return report(await damageOfEnd(ctx, organizationId, { last, end, hashAtEnd }));
}

async function* recordsOf(ctx: ReadContext, organizationId: string): AsyncGenerator<StoredRecord, void> {
  let after: number | undefined;
  for (;;) {
    const records = await ctx.read((reads) => readRecords(reads, organizationId, { after, limit: BATCH }));
    yield* records;
    if (records.length < BATCH) return;
    after = Number(records[records.length - 1]?.sequence);
  }
}

function damageOf(record: StoredRecord, last: Link): Damage | undefined {
  const sequence = Number(record.sequence);
  const expected = last.sequence + 1;
  if (sequence > expected) {
    const missing = sequence - expected;
    const what = missing === 1 ? "this record is missing" : `${missing} records are missing from here`;
    return { sequence: expected, id: null, problem: `gap: ${what}; the next one is ${sequence}` };
  }
  const at = { sequence, id: String(record.id) };
  if (sequence < expected) return { ...at, problem: "record added: numbers begin with 1" };
  const hashed = hashedColumns(record);
  if (!hashed || hashOf(hashed) !== record.hash) {
    return { ...at, problem: "content changed: its hash is not that of its columns" };
  }
  if (hashed.previousHash !== last.hash) {
    return { ...at, problem: "link broken: this record, or the one before it, was replaced by another" };
  }
  const key = hashed.customerName === null ? null : searchKey(hashed.customerName);
  if (record.customerNameKey !== key) {
    return { ...at, problem: "content changed: customerNameKey is not that of customerName" };
  }
  return undefined;
}

/** The columns in the types that were hashed; nothing where somebody wrote what the program never would. */
function hashedColumns(record: StoredRecord): HashedColumns | undefined {
  try {
    const values = (text: string | number | null) =>
      text === null ? null : (JSON.parse(String(text)) as unknown);
    const { sequence, oldValues, newValues } = record;
    return {
      ...(record as unknown as ActivityRecord),
      sequence: Number(sequence),
      oldValues: values(oldValues) as ActivityRecord["oldValues"],
      newValues: values(newValues) as ActivityRecord["newValues"],
    };
  } catch {
    return undefined;
  }
}

/** Compares where the records end with where the head says that they do. */
async function damageOfEnd(
  ctx: ReadContext,
  organizationId: string,
  { last, end, hashAtEnd }: { last: Link; end: Link | undefined; hashAtEnd: string },
): Promise<Damage | undefined> {
  if (!end)
    return { sequence: 0, id: null, problem: "there is no such organization, or its head was removed" };
  if (end.sequence > last.sequence) {
    const sequence = last.sequence + 1;
    return { sequence, id: null, problem: `missing at the end: the head counts ${end.sequence} records` };
  }
  if (end.hash !== hashAtEnd) return headDiffers(ctx, organizationId, end.sequence);
  if (end.sequence === last.sequence) return undefined;
  // After the records: what was in the table is counted in the head by now, unless the program did not write it.
  const now = (await ctx.read((reads) => readLogEnd(reads, organizationId))) ?? end;
  if (now.sequence === last.sequence && now.hash !== last.hash)
    return headDiffers(ctx, organizationId, now.sequence);
  if (now.sequence >= last.sequence) return undefined;
  const at = await placeOf(ctx, organizationId, now.sequence + 1);
  return { ...at, problem: `record added: the head counts ${now.sequence} records` };
}

async function headDiffers(ctx: ReadContext, organizationId: string, sequence: number): Promise<Damage> {
  const at = await placeOf(ctx, organizationId, sequence);
  return { ...at, problem: "link broken: the head names another hash for this record" };
}

async function placeOf(
  ctx: ReadContext,
  organizationId: string,
  sequence: number,
): Promise<Pick<Damage, "sequence" | "id">> {
  const place = { after: sequence - 1, limit: 1 };
  const [record] = await ctx.read((reads) => readRecords(reads, organizationId, place));
  return { sequence, id: record ? String(record.id) : null };
}
