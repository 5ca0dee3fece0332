import { ApiKeyStatus } from "../../entities/identity/api-key";
import { UserStatus } from "../../entities/identity/user";
import type { Reads } from "../database/reads";

/** Whose standing is asked for. */
export interface BearerStateQuery {
  userIds: readonly string[];
  /** Of the secrets that were shown, not of the keys: a rotated one ends before its key does. */
  keyHashes: readonly string[];
}

/** What would have changed if somebody's rights had. */
export interface BearerState {
  active: boolean;
  version: number;
  /** When the secret or its key ends, in milliseconds since 1970; a user does not. */
  expiresAt?: number;
}

interface BearerStateRow {
  id: string;
  status: string;
  version: number;
  secretExpiresAt?: string | null;
  keyExpiresAt?: string | null;
}

/** How many are asked for with one statement. */
const MAX_PER_STATEMENT = 500;

/**
 * How these users and API keys stand now, by user id and by secret's hash: one statement for up to 500 users, one for
 * up to 500 keys, none where nobody is asked for. Whoever is missing in the answer is gone.
 */
export async function findBearerStates(
  reads: Reads,
  { userIds, keyHashes }: BearerStateQuery,
): Promise<Map<string, BearerState>> {
  const users = await inBatches(reads, userIds, "SELECT id, status, version FROM user_account WHERE id IN");
  const keys = await inBatches(
    reads,
    keyHashes,
    `SELECT secret.hash AS id, api_key.status AS status, api_key.version AS version,
       secret.expiresAt AS secretExpiresAt, api_key.expiresAt AS keyExpiresAt
     FROM api_key_secret secret JOIN api_key ON api_key.id = secret.apiKeyId WHERE secret.hash IN`,
  );
  return new Map([
    ...users.map((row) => [row.id, stateOfRow(row, UserStatus.ACTIVE)] as const),
    ...keys.map((row) => [row.id, stateOfRow(row, ApiKeyStatus.ACTIVE)] as const),
  ]);
}

async function inBatches(reads: Reads, ids: readonly string[], select: string): Promise<BearerStateRow[]> {
  const found: BearerStateRow[] = [];
  for (let done = 0; done < ids.length; done += MAX_PER_STATEMENT) {
    const batch = ids.slice(done, done + MAX_PER_STATEMENT);
    found.push(
      ...(await reads.rows<BearerStateRow>(`${select} (${batch.map(() => "?").join(", ")})`, batch)),
    );
  }
  return found;
}

function stateOfRow({ status, version, ...row }: BearerStateRow, active: string): BearerState {
  const [end] = [row.secretExpiresAt, row.keyExpiresAt].filter((at) => typeof at === "string").sort();
  return { active: status === active, version, expiresAt: end === undefined ? undefined : Date.parse(end) };
}
