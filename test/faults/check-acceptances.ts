import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "../../src/database/database";
import type { EventSubscriber } from "./event-subscriber";
import type { FaultEnvironment, Organization } from "./fault-environment";
import type { Acceptance } from "./kill-server";
import type { PatientClient } from "./patient-client";
import type { ServerNode } from "./server-node";

/** What a run of acceptances left behind. */
export interface Aftermath {
  client: PatientClient;
  partners: Organization[];
  accepted: Acceptance[];
  subscribers: EventSubscriber[];
  /** Sends the n-th invitation's request once more. */
  repeat: (n: number) => Promise<{ invitationId: string; link: string }>;
}

const HEARING_MS = 20_000;
const REPEATS = 100;

/**
 * Compares what the clients were answered with everything that tells of it.
 * @throws Error naming the first thing that is lost, there twice, or half done
 */
export async function checkAcceptances(
  faultEnvironment: FaultEnvironment,
  node: ServerNode,
  after: Aftermath,
): Promise<void> {
  const { database, program, environment, signal } = faultEnvironment;
  checkRows(await rowsOf(database), after);
  const streams = await streamsOf(database);
  checkStreams(streams, after);
  await checkActivity(database, after);
  await checkRepeats(after);
  await checkThroughTheApi(after);
  same("streams after the repeats", heads(await streamsOf(database)), heads(streams));
  for (const eventSubscriber of after.subscribers)
    await checkSubscriber(eventSubscriber, streams.get(eventSubscriber.heard.stream) ?? [], signal);
  same("the exit code of the server, stopped", await node.stop(), 0);
  const verified = await program.partnergraph(["admin", "verify-activity-log"], environment);
  same(`verify-activity-log: ${verified.stdout.slice(-500)}${verified.stderr}`, verified.code, 0);
  if (database.family === "sqlite") {
    const [row] = await query(database, "PRAGMA integrity_check");
    same("SQLite's integrity_check", Object.values(row ?? {}), ["ok"]);
  }
}

type Row = Record<string, string | number | null>;
type Streams = Map<string, { position: number; id: string; type: string; facts: Record<string, unknown> }[]>;

const query = (database: Database, sql: string) => database.read((reads) => reads.rows<Row>(sql));

/** Fails unless two things are alike, told as JSON. */
export function same(what: string, found: unknown, wanted: unknown): void {
  const [is, should] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (is !== should) throw new Error(`${what}: ${is?.slice(0, 1_000)} instead of ${should?.slice(0, 1_000)}`);
}

async function rowsOf(database: Database) {
  return {
    invitations: await query(
      database,
      "SELECT id, partnerId, status, customerId, pendingKey FROM invitation WHERE endedAt IS NOT NULL ORDER BY id",
    ),
    relationships: await query(
      database,
      "SELECT id, partnerId, customerId, status, invitationId FROM reseller_relationship ORDER BY id",
    ),
    counts: await query(
      database,
      `SELECT (SELECT COUNT(*) FROM invitation) AS invitations, (SELECT COUNT(*) FROM customer) AS customers,
         (SELECT COUNT(*) FROM user_account) AS users, (SELECT COUNT(*) FROM organization_head) AS heads,
         (SELECT COUNT(*) FROM idempotency_record WHERE sealedResult IS NOT NULL) AS answers`,
    ),
  };
}

/** One row of each kind for each answer, as the answer says, and no other rows. */
function checkRows(found: Awaited<ReturnType<typeof rowsOf>>, { accepted, partners }: Aftermath): void {
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  const n = accepted.length;
  const invitations = accepted.map(({ invitationId: id, partner, customerId }) => ({
    ...{ id, partnerId: partner.id, status: "ACCEPTED", customerId, pendingKey: null },
  }));
  same("accepted invitations", found.invitations, invitations.sort(byId));
  const relationships = accepted.map(({ relationshipId: id, partner, customerId, invitationId }) => ({
    ...{ id, partnerId: partner.id, customerId, status: "ACTIVE", invitationId },
  }));
  same("relationships", found.relationships, relationships.sort(byId));
  const wanted = {
    ...{ invitations: n, customers: n, users: n + partners.length, heads: n + partners.length, answers: n },
  };
  const [counts = {}] = found.counts;
  same(
    "rows",
    Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count)])),
    wanted,
  );
}

async function streamsOf(database: Database): Promise<Streams> {
  const streams: Streams = new Map();
  const positions = await query(database, "SELECT organizationId, lastPosition FROM organization_head");
  for (const { organizationId } of positions) streams.set(String(organizationId), []);
  const events = await query(
    database,
    "SELECT organizationId, position, id, type, facts FROM event ORDER BY organizationId, position",
  );
  for (const { organizationId, position, id, type, facts } of events) {
    const stream = streams.get(String(organizationId)) ?? [];
    const parsed = JSON.parse(String(facts)) as Record<string, unknown>;
    stream.push({ position: Number(position), id: String(id), type: String(type), facts: parsed });
    streams.set(String(organizationId), stream);
  }
  for (const { organizationId, lastPosition } of positions) {
    const found = (streams.get(String(organizationId)) ?? []).map(({ position }) => position);
    const wanted = Array.from({ length: Number(lastPosition) }, (_, at) => at + 1);
    same(`positions in the stream of ${organizationId}`, found, wanted);
  }
  return streams;
}

const heads = (streams: Streams) => [...streams].map(([id, events]) => [id, events.length]).sort();

/** Each acceptance's events once in the stream of each side that they are for, the same id on both, and nothing else. */
function checkStreams(streams: Streams, { accepted }: Aftermath): void {
  const told = new Map<string, string>();
  for (const [organizationId, events] of streams) {
    for (const { id, type, facts } of events) {
      const about = String(facts[type === "relationship.established" ? "relationshipId" : "invitationId"]);
      const key = `${organizationId} ${type} ${about}`;
      if (told.has(key)) throw new Error(`told twice: ${key}`);
      told.set(key, id);
    }
  }
  for (const { partner, customerId, invitationId, relationshipId } of accepted) {
    const take = (organizationId: string, type: string, about: string) => {
      const key = `${organizationId} ${type} ${about}`;
      const id = told.get(key);
      if (id === undefined) throw new Error(`never told: ${key}`);
      told.delete(key);
      return id;
    };
    take(partner.id, "invitation.sent", invitationId);
    for (const [type, about] of [
      ["relationship.established", relationshipId],
      ["invitation.accepted", invitationId],
    ] as const)
      same(`the id of ${type} ${about}`, take(customerId, type, about), take(partner.id, type, about));
  }
  same("events that nobody knows of", [...told.keys()], []);
}

/** What the activity log must hold of an acceptance: which operations on which rows, on either side. */
async function checkActivity(database: Database, { accepted }: Aftermath): Promise<void> {
  const records = await query(
    database,
    `SELECT organizationId, operation, outcome, resourceType, resourceId FROM activity_record
     WHERE operation <> 'system'`,
  );
  const found = records.map((record) =>
    [record.organizationId, record.operation, record.outcome, record.resourceType, record.resourceId].join(
      " ",
    ),
  );
  const users = await query(database, "SELECT id, organizationId FROM user_account");
  const userOf = new Map(users.map(({ id, organizationId }) => [organizationId, id]));
  const wanted = accepted.flatMap(({ partner, customerId, invitationId, relationshipId }) => [
    `${partner.id} inviteCustomer SUCCEEDED INVITATION ${invitationId}`,
    ...[partner.id, customerId].flatMap((organizationId) => [
      `${organizationId} acceptInvitation SUCCEEDED RELATIONSHIP ${relationshipId}`,
      `${organizationId} acceptInvitation SUCCEEDED INVITATION ${invitationId}`,
    ]),
    `${customerId} acceptInvitation SUCCEEDED CUSTOMER ${customerId}`,
    `${customerId} acceptInvitation SUCCEEDED USER ${userOf.get(customerId)}`,
  ]);
  const missing = new Set(wanted);
  const unknown = found.filter((record) => !missing.delete(record));
  same(
    "activity records",
    { missing: [...missing].slice(0, 5), unknown: unknown.slice(0, 5) },
    {
      missing: [],
      unknown: [],
    },
  );
}

/** A repeat with the same key is given what the first was given, and does nothing. */
async function checkRepeats({ accepted, repeat }: Aftermath): Promise<void> {
  const step = Math.ceil(accepted.length / REPEATS);
  for (let n = 0; n < accepted.length; n += step) {
    const { invitationId = "", link = "" } = accepted[n] ?? {};
    same(`the answer to a repeat of invitation ${n}`, await repeat(n), { invitationId, link });
  }
}

/** The API tells the same as the tables do. */
async function checkThroughTheApi({ client, partners, accepted }: Aftermath): Promise<void> {
  for (const partner of partners) {
    const wanted = accepted.filter((acceptance) => acceptance.partner === partner).length;
    const { customers, events } = await client.ask(
      partner.token,
      "{ customers(first: 1) { totalCount } events(first: 500) { nodes { position } pageInfo { hasNextPage } } }",
    );
    same(`customers of ${partner.name}`, customers.totalCount, wanted);
    const positions = events.nodes.map(({ position }: { position: number }) => position);
    same(
      `the first events of ${partner.name}`,
      positions,
      positions.map((_: number, at: number) => at + 1),
    );
    same("whether there are more", events.pageInfo.hasNextPage, wanted * 3 > 500);
  }
}

/** It heard each event of the stream after the one that it began with, once, in order. */
async function checkSubscriber(
  eventSubscriber: EventSubscriber,
  stream: { position: number; id: string }[],
  signal: AbortSignal,
): Promise<void> {
  const head = stream.length;
  const began = eventSubscriber.heard.position - eventSubscriber.heard.events;
  for (let waited = 0; eventSubscriber.heard.position < head && waited < HEARING_MS; waited += 20) {
    signal.throwIfAborted();
    await pause(20);
  }
  await pause(200); // What is said twice may come late.
  const { problems, position, digest, eventEndpoint } = eventSubscriber.close();
  same(`what the listener by ${eventEndpoint} stumbled over`, problems, []);
  same(`the last event that the listener by ${eventEndpoint} heard`, position, head);
  same(`what the listener by ${eventEndpoint} heard`, digest, digestOf(stream.slice(began)));
}

/** The digest of a subscriber that heard these events. */
export function digestOf(events: { position: number; id: string }[]): string {
  const hash = createHash("sha256");
  for (const { position, id } of events) hash.update(`${position} ${id}\n`);
  return hash.digest("hex");
}
