import { Event } from "../../entities/events/event";
import { OrganizationHead } from "../../entities/events/organization-head";
import { isVariableUnknown } from "../database/database-errors";
import type { Reads } from "../database/reads";
import { sql } from "../database/sql";
import type { Writes } from "../database/writes";
import { eventCatalogue } from "./event-catalogue";
import { ensureReadable, eventCursor, FIRST_TIMELINE, type StreamEnds } from "./event-cursor";
import { customerOf, type EventFilter } from "./event-filter";
import type { BufferedEvent, EventType, RecordedEvent } from "./event-map";
import type { Head } from "./organization-heads";
import { joinWanted } from "./wanted-events";

const NOTHING_YET = {
  ...{ lastPosition: 0, forgottenPosition: 0, timeline: FIRST_TIMELINE, restoredAt: null },
  ...{ lastSequence: 0, lastHash: "", rowCounts: {} },
};

/** MySQL and MariaDB take 65,535 values in a statement; a node may follow more streams than that. */
const HEADS_AT_ONCE = 1_000;

/** Events of a stream in order, and the stream's ends, as one statement saw both. */
export interface EventSlice {
  events: RecordedEvent[];
  ends: StreamEnds;
}

type Row = Record<string, string | number | null>;

/** Begins an organization's event stream and activity log; called in the transaction that makes the organization. */
export async function beginStream(tx: Writes, organizationId: string): Promise<void> {
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
  return events.flatMap(({ id, type, payload, audience }) =>
    audience.map((organizationId) => {
      const head = heads.get(organizationId);
      if (!head) throw new Error(`${organizationId} has no event stream`);
      head.lastPosition++;
      const { version } = eventCatalogue[type];
      const place = { organizationId, position: head.lastPosition };
      return { ...place, id, type, version, customerId: customerOf(payload), ...by, facts: { ...payload } };
    }),
  );
}

/**
 * The events of an organization after a position, in order, at most `limit` of them. No reader is ever given a stream
 * with a hole in it, at no cost: the statement that finds the events also tells up to where they are no longer kept.
 * @throws EVENTS_CURSOR_EXPIRED events after the position are no longer kept
 */
export async function readEvents(
  reads: Reads,
  organizationId: string,
  after: number,
  limit: number,
): Promise<RecordedEvent[]> {
  const { events, ends } = await readEventSlice(reads, organizationId, after, limit);
  ensureKept(organizationId, after, ends);
  return events;
}

/**
 * Lets a reader that was let in go on only if nothing behind it is purged. One that is ahead of the stream, as this node sees it,
 * waits: another node was further when it was let in.
 * @throws EVENTS_CURSOR_EXPIRED events after the position are no longer kept
 */
export function ensureKept(organizationId: string, after: number, ends: StreamEnds): void {
  if (after < ends.forgottenPosition) ensureReadable(organizationId, after, ends);
}

/**
 * The events of an organization after a position that a filter wants, in order, at most `limit` of them, and the ends of
 * the stream: it is the caller's to judge whether something is missing. Costs one statement.
 */
export async function readEventSlice(
  reads: Reads,
  organizationId: string,
  after: number,
  limit: number,
  filter: EventFilter = {},
): Promise<EventSlice> {
  const wanted = joinWanted(reads.family, organizationId, after, limit, filter);
  const rows = await reads.rows<Row>(
    `SELECT head.lastPosition AS lastPosition, head.forgottenPosition AS forgottenPosition,
       head.timeline AS timeline, told.position AS position, told.id AS id, told.type AS type, told.version AS version,
       told.occurredAt AS occurredAt, told.actorId AS actorId, told.requestId AS requestId, told.facts AS facts
     FROM organization_head head ${wanted.text}
     WHERE head.organizationId = ?`,
    [...wanted.values, organizationId],
  );
  const events = rows.filter(({ id }) => id !== null).map((row) => recorded(organizationId, row));
  return { events: events.sort((one, other) => one.position - other.position), ends: endsIn(rows[0]) };
}

/** Between which positions the events of these organizations are kept; one without a stream is not in the map. */
export async function readEnds(reads: Reads, organizationIds: string[]): Promise<Map<string, StreamEnds>> {
  const ends = new Map<string, StreamEnds>();
  for (let from = 0; from < organizationIds.length; from += HEADS_AT_ONCE) {
    const some = organizationIds.slice(from, from + HEADS_AT_ONCE);
    const heads = await reads.all(
      OrganizationHead,
      sql`FROM organization_head WHERE organizationId IN ${some}`,
    );
    for (const head of heads) ends.set(head.organizationId, head);
  }
  return ends;
}

/** Between which positions an organization's events are kept; both ends are 0 where it has no stream. */
export async function readEndsOf(reads: Reads, organizationId: string): Promise<StreamEnds> {
  return (await readEnds(reads, [organizationId])).get(organizationId) ?? NOTHING_YET;
}

/**
 * The same as of now, whichever node of a cluster committed last: for a decision that a late read would get wrong. A node of a
 * Galera cluster first applies all that the cluster has committed; a MariaDB that was built without Galera has no such setting, and
 * other databases do not read the comment.
 */
export async function readCurrentEndsOf(reads: Reads, organizationId: string): Promise<StreamEnds> {
  const ends = `SELECT lastPosition AS lastPosition, forgottenPosition AS forgottenPosition, timeline AS timeline
     FROM organization_head WHERE organizationId = ?`;
  const wait = reads.family === "mysql" ? "/*M!100301 SET STATEMENT wsrep_sync_wait = 1 FOR */ " : "";
  const read = (text: string) => reads.rows<Row>(text, [organizationId]);
  const [row] = await read(`${wait}${ends}`).catch((error: unknown) => {
    if (isVariableUnknown(error)) return read(ends);
    throw error;
  });
  return endsIn(row);
}

/** The positions given out last in the streams of these organizations. */
export async function readHeads(reads: Reads, organizationIds: string[]): Promise<Map<string, number>> {
  const ends = await readEnds(reads, organizationIds);
  return new Map([...ends].map(([id, { lastPosition }]) => [id, lastPosition]));
}

function endsIn(row: Row | undefined): StreamEnds {
  return {
    lastPosition: Number(row?.lastPosition ?? 0),
    forgottenPosition: Number(row?.forgottenPosition ?? 0),
    timeline: String(row?.timeline ?? FIRST_TIMELINE),
  };
}

function recorded(organizationId: string, row: Row): RecordedEvent {
  const position = Number(row.position);
  return {
    ...(JSON.parse(String(row.facts)) as object),
    id: row.id,
    organizationId,
    position,
    cursor: eventCursor(organizationId, position, String(row.timeline)),
    type: row.type as EventType,
    version: Number(row.version),
    occurredAt: row.occurredAt,
    actorId: row.actorId,
    requestId: row.requestId,
  } as unknown as RecordedEvent;
}
