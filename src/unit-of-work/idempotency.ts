import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { IdempotencyRecord } from "../../entities/database/idempotency-record";
import { daysAfter } from "../values/instant";
import { FieldChecks } from "../errors/field-checks";
import { generalErrors } from "../errors/general.errors";
import { deleteOldRows } from "../database/delete-old-rows";
import type { Transaction } from "../unit-of-work/transaction";

/** What a unit of work does, and how to know a repeat of it: with a key it has its effect once within 24 hours. */
export interface NamedCall {
  /** The use case's name, under which the activity log tells of it. */
  operation: string;
  /** The caller's key; absent means that every call is a new one. */
  key?: string | null;
  /** What the call asks for, to notice a key used for something else. */
  input?: object;
}

/** For how many days a result is given again to a repeat of its call. */
export const REMEMBERED_DAYS = 1;

/**
 * Gives the first result where the caller used the key before; otherwise does the work and remembers its result.
 * The row is claimed before the work, so a second call under way waits for the first on the row itself. It waits in the look-up, which
 * locks: InnoDB makes an insert that waited for a row, which then was rolled back, lock the gap in its place, and rows of other callers with it.
 * @throws IDEMPOTENCY_KEY_REUSED the key was used for another call
 */
export async function runOnce<T>(
  tx: Transaction,
  caller: string,
  call: { operation: string; key: string; input: object },
  work: () => Promise<T>,
): Promise<T> {
  const id = sha256(`${caller}\n${call.key}`);
  const inputHash = sha256(JSON.stringify(call.input, sortedKeys));
  const known = await tx.findOneLocked(IdempotencyRecord, { where: { id } });
  const first = known && known.expiresAt > tx.now ? known : undefined;
  // Only then: most keys are new, and a statement for each would find nothing.
  if (known && !first) await tx.deleteWhere(IdempotencyRecord, { id });
  if (first) {
    if (first.operation !== call.operation || first.inputHash !== inputHash) {
      throw generalErrors.IDEMPOTENCY_KEY_REUSED(
        "This idempotencyKey was used for another call within the last 24 hours. Take a new key for a new call.",
        { field: "idempotencyKey" },
      );
    }
    return (JSON.parse(unseal(first.sealedResult ?? "", call.key)) as { result: T }).result;
  }
  const expiresAt = daysAfter(tx.now, REMEMBERED_DAYS);
  await tx.insert(IdempotencyRecord, {
    id,
    operation: call.operation,
    inputHash,
    sealedResult: null,
    expiresAt,
  });
  const result = await work();
  const sealedResult = seal(JSON.stringify({ result }), call.key);
  await tx.updateWhere(IdempotencyRecord, { sealedResult }, { id });
  return result;
}

/**
 * Checks a key before any work is done for its call.
 * @throws FIELD_INVALID it is blank or longer than 255 characters
 */
export function checkIdempotencyKey(key: string): void {
  new FieldChecks().text("idempotencyKey", key, { max: 255 }).done();
}

/** Forgets some results whose 24 hours are over, so that the table does not grow for ever; says whether there may be more. */
export function forgetOldResults(tx: Transaction): Promise<boolean> {
  return deleteOldRows(tx, IdempotencyRecord, "expiresAt", tx.now);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function sortedKeys(name: string, value: unknown): unknown {
  if (name === "idempotencyKey") return undefined;
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sealingKey(key: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", key, "", "partnergraph idempotent result", 32));
}

function seal(text: string, key: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", sealingKey(key), nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
}

function unseal(text: string, key: string): string {
  const bytes = Buffer.from(text, "base64");
  const decipher = createDecipheriv("aes-256-gcm", sealingKey(key), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
}
