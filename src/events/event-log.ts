import { Event } from "../../entities/events/event";
import { OrganizationHead } from "../../entities/events/organization-head";
import type { Reads } from "../database/reads";
import type { Transaction } from "../database/transaction";
import { eventCursor } from "./event-cursor";
import type { RecordedEvent } from "./event-map";

/** Begins an organization's stream; called in the transaction that makes the organization. */
export async function beginStream(tx: Transaction, organizationId: string): Promise<void> {
  await tx.insert(OrganizationHead, { organizationId, lastPosition: 0, lastSequence: 0, lastHash: "" });
}

/**
 * Gives each event that the transaction recorded the next position in the stream of each organization of its
 * audience, and writes the rows. The heads are locked in sorted order, as late as possible, so two transactions wait
 * for each other only for the length of a commit. Returns the organizations that have new events.
 */
export async function appendToStreams(
  tx: Transaction,
  by: { actorId: string; requestId: string },
): Promise<string[]> {
  const audience = [...new Set(tx.recorded.flatMap((event) => event.audience))].sort();
  if (audience.length === 0) return [];
  const heads = await lockHeads(tx, audience);
  const rows = tx.recorded.flatMap((event) =>
    event.audience.map((organizationId) => {
      const position = (heads.get(organizationId) ?? 0) + 1;
      heads.set(organizationId, position);
      const { id, type, facts } = event;
      return { organizationId, position, id, type, occurredAt: tx.now, ...by, facts: { ...facts } };
    }),
  );
  await tx.execute(
    `UPDATE organization_head SET lastPosition = CASE organizationId ${audience.map(() => "WHEN ? THEN ?").join(" ")} END
     WHERE organizationId IN (${audience.map(() => "?").join(", ")})`,
    [...[...heads].flat(), ...audience],
  );
  await tx.insertAll(Event, rows);
  return audience;
}

async function lockHeads(tx: Transaction, audience: string[]): Promise<Map<string, number>> {
  const heads = await tx
    .locked(tx.from(OrganizationHead, "stream"))
    .where("stream.organizationId IN (:...audience)", { audience })
    .orderBy("stream.organizationId")
    .getMany();
  if (heads.length !== audience.length)
    throw new Error(`An audience has no event stream: ${audience.join(", ")}`);
  return new Map(heads.map((head) => [head.organizationId, head.lastPosition]));
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

function asRecorded({ facts, ...head }: Event): RecordedEvent {
  return {
    ...facts,
    ...head,
    cursor: eventCursor(head.organizationId, head.position),
  } as unknown as RecordedEvent;
}
