import { setTimeout as pause } from "node:timers/promises";
import { eventCursor } from "../../src/events/event-cursor";
import { type IsolationHarness, chiefOf, openIsolationHarness, type Caller } from "./harness";
import { allRootFields, type RootField } from "./documents";
import { EventSubscriber, type Hearing } from "./event-subscriber";
import { twinOf } from "./pools";
import { type RawRow, takeSnapshot } from "./snapshot";
import { variablesFor } from "./id-parameters";
import { worldActs } from "./fixture-acts";
import { customerKeys, partnerPlan, type PartnerKey } from "./fixture-plan";
import { PATIENCE_MS } from "../support/patience";

let harness: IsolationHarness;
const subscribers: EventSubscriber[] = [];

beforeAll(async () => {
  harness = await openIsolationHarness();
}, 300_000);
afterAll(async () => {
  await Promise.all(subscribers.map((eventSubscriber) => eventSubscriber.close()));
  await harness.close();
});

const live = allRootFields.filter(({ operation }) => operation === "subscription");

function subscriberOf(caller: Caller): EventSubscriber {
  const eventSubscriber = new EventSubscriber(harness.server.url, caller.bearer);
  subscribers.push(eventSubscriber);
  return eventSubscriber;
}

const listen = (
  eventSubscriber: EventSubscriber,
  field: RootField,
  given: object = {},
  document = field.document,
) => eventSubscriber.listen(document, { ...variablesFor(field, "lean", () => ""), ...given });

async function until(isDone: () => boolean, withinMs = PATIENCE_MS): Promise<void> {
  for (let left = withinMs / 5; left > 0 && !isDone(); left--) await pause(5);
}

/** The rows of every organization's stream in order, as they are in the log. */
async function readStreams(): Promise<Map<string, RawRow[]>> {
  const rows = (await takeSnapshot(harness.server.running.services.database)).get("event") ?? [];
  const streams = new Map<string, RawRow[]>();
  for (const row of rows.sort((a, b) => Number(a.position) - Number(b.position))) {
    const organizationId = String(row.organizationId);
    streams.set(organizationId, [...(streams.get(organizationId) ?? []), row]);
  }
  return streams;
}

test("another organization's cursor is answered as one of an organization that never existed, and brings no event", async () => {
  const faults: string[] = [];
  for (const key of [...(Object.keys(partnerPlan) as PartnerKey[]), ...customerKeys]) {
    const caller = chiefOf(harness, key);
    const eventSubscriber = subscriberOf(caller);
    const cursors = harness.pools.foreign(key, "cursor", 1, "events");
    const isOfEvents = ({ value }: { value: string }) =>
      !Buffer.from(value, "base64url").toString("utf8").startsWith("[");
    for (const { value, owner } of cursors.filter((cursor, at) => isOfEvents(cursor) || at % 10 === 0)) {
      for (const field of live) {
        const hear = (after: string) => listen(eventSubscriber, field, { after }, field.brief);
        const [foreign, never] = [hear(value), hear(twinOf("cursor", value))];
        await until(() => foreign.refused.length > 0 && never.refused.length > 0, 3_000);
        if (
          foreign.refused.join() !== never.refused.join() ||
          foreign.refused.length !== 1 ||
          foreign.heard.length > 0
        )
          faults.push(
            `${key}, ${field.name} after ${owner}'s ${value}: ${foreign.refused.join()} against ${never.refused.join()}`,
          );
        foreign.stop();
        never.stop();
      }
    }
  }
  expect(faults).toEqual([]);
}, 300_000);

interface Listening {
  caller: Caller;
  field: RootField;
  hearing: Hearing;
  /** Position of the newest event that it does not want. */
  from: number;
}

/** Everyone who may listens, from the beginning of its stream, from its end, and some without a cursor; others try. */
async function everybodyListens(): Promise<Listening[]> {
  const listening: Listening[] = [];
  const streams = await readStreams();
  let allowed = 0;
  for (const caller of harness.callers.filter(({ kind }) => kind !== "anonymous")) {
    const eventSubscriber = subscriberOf(caller);
    const newest = streams.get(caller.organizationId)?.length ?? 0;
    for (const field of live) {
      const may = caller.permissions.has(field.permission as never);
      const froms = may ? [1, newest, ...(caller.role === "global-admin" ? [undefined] : [])] : [undefined];
      if (may) allowed += froms.length;
      for (const from of froms) {
        const after = from ? eventCursor(caller.organizationId, from) : undefined;
        listening.push({
          caller,
          field,
          hearing: listen(eventSubscriber, field, after ? { after } : {}, may ? undefined : field.brief),
          from: from ?? newest,
        });
      }
    }
  }
  const { running } = harness.server;
  for (let left = 600; left > 0 && running.live.listenerCount < allowed; left--) await pause(50);
  expect(running.live.listenerCount).toBe(allowed);
  return listening;
}

const TYPES: Record<string, string> = {
  invitationAccepted: "invitation.accepted",
  relationshipRemoved: "relationship.removed",
};

test("while everybody acts, everybody hears the events of its own organization, all of them, and nothing else", async () => {
  const listening = await everybodyListens();
  await worldActs(harness.world, harness.rules.idsOf("offer")[0] ?? "");
  await harness.lookAgain();
  const streams = await readStreams();
  const faults: string[] = [];
  for (const { caller, field, hearing, from } of listening) {
    const may = caller.permissions.has(field.permission as never);
    const stream = (may && streams.get(caller.organizationId)) || [];
    const isDue = (row: RawRow) =>
      Number(row.position) > from && (TYPES[field.name] ?? row.type) === row.type;
    const due = stream.filter(isDue).map((row) => row.id);
    await until(() => hearing.heard.length >= due.length && (may || hearing.refused.length > 0));
    const ids = hearing.heard.map((text) => (JSON.parse(text) as Heard).data[field.name]?.id);
    const where = `${caller.name}, ${field.name} from ${from}`;
    if (ids.join() !== due.join()) faults.push(`${where}: heard ${ids.length} events of ${due.length}`);
    if ((hearing.refused.length === 0) !== may)
      faults.push(`${where}: ${hearing.refused.join() || "was let in"}`);
    const seen = hearing.heard
      .flatMap((text) => harness.oracle.faults(text, caller))
      .filter((fault) => !wasVisibleThen(caller, fault));
    faults.push(...seen.map((fault) => `${where}: ${fault}`));
  }
  expect([...new Set(faults)]).toEqual([]);
}, 300_000);

/** A customer is told as it was at delivery: when the relationship that ended by now may still have been there. */
function wasVisibleThen({ organizationId }: Caller, fault: string): boolean {
  const [, customerId] = /^the Customer (cust_\w+)$/.exec(fault) ?? [];
  return customerId !== undefined && harness.rules.hasEverSold(organizationId, customerId);
}

interface Heard {
  data: Record<string, { id: string }>;
}

test("an event stands only in the streams of organizations that it names", async () => {
  const rows = (await takeSnapshot(harness.server.running.services.database)).get("event") ?? [];
  const strays = rows.filter(({ organizationId, facts }) => {
    const named = Object.values(JSON.parse(String(facts)) as Record<string, unknown>).map(String);
    return !named.some(
      (id) => id === organizationId || harness.rules.row(id)?.organizationId === organizationId,
    );
  });
  expect(strays).toEqual([]);
});
