import { Event } from "../../entities/events/event";
import { OrganizationHead } from "../../entities/events/organization-head";
import type { Reads } from "../database/reads";
import type { Transaction } from "../database/transaction";
import { eventCursor } from "./event-cursor";
import { eventCatalogue } from "./event-catalogue";
import type { BufferedEvent, RecordedEvent } from "./event-map";
import type { Head } from "./organization-heads";

const NOTHING_YET = { lastPosition: 0, forgottenPosition: 0, lastSequence: 0, lastHash: "" };

/** Begins an organization's event stream and activity log; called in the transaction that makes the organization. */
export async function beginStream(tx: Transaction, organizationId: string): Promise<void> {
  await tx.insert(OrganizationHead, { organizationId, ...NOTHING_YET });
}

/**
 * Gives each event the next position in the stream of each organization of its audience, and moves the heads on. The
 * heads are locked, so positions are in commit order and a rollback leaves no gap.
 */
export function placeEvents(
  events: readonly BufferedEvent[],
  heads: ReadonlyMap<string, Head>,
  by: { occurredAt: string; actorId: string; requestId: string },
): Event[] {
  return events.flatMap(({ id, type, facts, audience }) =>
    audience.map((organizationId) => {
      const head = heads.get(organizationId);
      if (!head) throw new Error(`${organizationId} has no event stream`);
      head.lastPosition++;
      const customerId = "customerId" in facts ? facts.customerId : null;
      const { version } = eventCatalogue[type];
      const place = { organizationId, position: head.lastPosition };
      return { ...place, id, type, version, customerId, ...by, facts: { ...facts } };
    }),
  );
}

/** The events of an organization after a position, in order, at most `limit` of them. */
export async function readEvents(
  reads: Reads,
  organizationId: string,
  after: number,
  limit: number,
): Promise<RecordedEvent[]> {
  const rows = await reads
    .from(Event, "event")
    .where("event.organizationId = :organizationId AND event.position > :after", { organizationId, after })
    .orderBy("event.position")
    .limit(limit)
    .getMany();
  return rows.map(asRecorded);
}

/** The positions given out last in the streams of these organizations. */
export async function readHeads(reads: Reads, organizationIds: string[]): Promise<Map<string, number>> {
  if (organizationIds.length === 0) return new Map();
  const heads = await reads
    .from(OrganizationHead, "stream")
    .where("stream.organizationId IN (:...organizationIds)", { organizationIds })
    .getMany();
  return new Map(heads.map((head) => [head.organizationId, head.lastPosition]));
}

function asRecorded({ facts, customerId: _inFacts, ...head }: Event): RecordedEvent {
  return {
    ...facts,
    ...head,
    cursor: eventCursor(head.organizationId, head.position),
  } as unknown as RecordedEvent;
}
