import { ActivityRecord } from "../../entities/activity/activity-record";
import { Event } from "../../entities/events/event";
import { actorId } from "../access/actor";
import { actingOrganization, type AuditContext, entriesOf } from "../activity/activity-entry";
import { chainRecords } from "../activity/activity-log";
import { placeEvents } from "../events/event-log";
import { lockHeads, storeHeads } from "../events/organization-heads";
import { applyDeltas, counterDeltas } from "./cached-counts";
import type { Transaction } from "../unit-of-work/transaction";

/** What is done, where a use case gave itself a name. */
export type UnnamedAuditContext = Omit<AuditContext, "operation"> & { operation: string | undefined };

/**
 * Writes what a transaction recorded into the logs of the organizations it concerns, as its last act before the commit:
 * events get their positions, changes and refusals become activity records. One lock and one update of the heads serve
 * both logs, and the counts of rows. Returns the organizations that have new events.
 * @param beforeLock called with the organizations whose heads are about to be locked
 */
export async function appendToLogs(
  tx: Transaction,
  doing: UnnamedAuditContext,
  beforeLock?: (organizationIds: readonly string[]) => Promise<void> | undefined,
): Promise<string[]> {
  const audience = [...new Set(tx.recorded.flatMap((event) => event.audience))];
  const acting = actingOrganization(doing.actor, tx.changes);
  const entries = entriesOf(tx.changes, tx.refused, acting);
  const moves = counterDeltas(tx.changes);
  const logged = entries.map(({ organizationId }) => organizationId);
  const organizationIds = [...new Set([...audience, ...logged, ...moves.keys()])];
  if (organizationIds.length === 0) return [];
  const named = entries.map(({ customerId, namesCustomer }) => (namesCustomer ? customerId : null));
  const customerIds = [...new Set(named.filter((id) => id !== null))];
  const notifiesOthers = entries.some(({ organizationId }) => organizationId !== acting);
  await beforeLock?.(organizationIds);
  const { heads, actingName } = await lockHeads(tx, {
    organizationIds,
    customerIds,
    acting: notifiesOthers ? acting : undefined,
  });
  const by = { actorId: actorId(doing.actor), requestId: doing.requestId };
  const events = placeEvents(tx.recorded, heads, { occurredAt: tx.now, ...by });
  const about = { acting, actingName, now: tx.now };
  const records = entries.length > 0 ? chainRecords(entries, heads, deedOf(doing), about) : [];
  applyDeltas(heads, moves);
  await storeHeads(tx, heads);
  if (events.length > 0) await tx.insertAll(Event, events);
  if (records.length > 0) await tx.insertAll(ActivityRecord, records);
  return audience;
}

/** The program itself needs no name for what it does; whoever else changes something must say what it is. */
function deedOf(doing: UnnamedAuditContext): AuditContext {
  const operation = doing.operation ?? (doing.actor.kind === "SYSTEM" ? "system" : undefined);
  if (operation !== undefined) return { ...doing, operation };
  throw new Error(
    "A use case must name its operation for the activity log: ctx.transaction(work, { operation }).",
  );
}
