import { ActivityRecord } from "../../entities/activity/activity-record";
import { newId } from "../values/ids";
import { actorId } from "../access/actor";
import type { Instant } from "../values/instant";
import { searchKey } from "../values/search-key";
import { hashOf } from "./activity-chain";
import { type ActivityEntry, activityActorName, type AuditContext } from "./activity-entry";

/** The end of one organization's log, and the names that it knows others by. */
export interface LogEnd {
  /** Counts up with each record. */
  lastSequence: number;
  /** Moves on with each record. */
  lastHash: string;
  /** The names by which the organization knows customers, by their ids. */
  customerNames: ReadonlyMap<string, string | null>;
}

const MAX_NAME_LENGTH = 254;
const SOMEBODY = "an organization that is not known here";

/**
 * Gives each entry its place in its organization's log: the next number, and a hash that continues the one before. Moves
 * the ends on. Who acted is named to the acting organization; any other one learns which organization it was.
 */
export function chainRecords(
  entries: readonly ActivityEntry[],
  ends: ReadonlyMap<string, LogEnd>,
  { actor, operation, requestId }: AuditContext,
  { acting, actingName, now }: { acting: string | undefined; actingName: string | null; now: Instant },
): ActivityRecord[] {
  const own = storable(activityActorName(actor));
  return entries.map(({ namesCustomer, ...entry }) => {
    const end = ends.get(entry.organizationId);
    if (!end) throw new Error(`${entry.organizationId} has no activity log`);
    const isOwn = entry.organizationId === acting || actor.kind === "SYSTEM";
    const name = namesCustomer && entry.customerId ? end.customerNames.get(entry.customerId) : null;
    const record = {
      ...entry,
      sequence: end.lastSequence + 1,
      id: newId(ActivityRecord),
      occurredAt: now,
      actorId: actorId(actor),
      actorName: isOwn ? own : (actingName ?? SOMEBODY),
      operation,
      customerName: name ?? null,
      requestId,
      previousHash: end.lastHash,
    };
    const hash = hashOf(record);
    end.lastSequence = record.sequence;
    end.lastHash = hash;
    return { ...record, customerNameKey: name == null ? null : searchKey(name), hash };
  });
}

/** Names come from tokens too; what a database would store in another form would break the chain. */
function storable(name: string): string {
  const sound = name.replace(/[\p{Cc}\p{Cs}]/gu, "\u{FFFD}");
  // A code point takes one unit of length or two.
  return sound.length <= MAX_NAME_LENGTH ? sound : [...sound].slice(0, MAX_NAME_LENGTH).join("");
}
