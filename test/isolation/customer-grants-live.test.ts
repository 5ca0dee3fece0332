import { setTimeout as pause } from "node:timers/promises";
import { eventCursor } from "../../src/events/event-cursor";
import type { EventType } from "../../src/events/event-map";
import { openStream, type RawStream } from "../live/stream";
import { PATIENCE_MS, within } from "../support/patience";
import { allRootFields, type RootField } from "./documents";
import { EventSubscriber, type Hearing } from "./event-subscriber";
import { worldActs } from "./fixture-acts";
import type { CustomerKey } from "./fixture-plan";
import { GrantHolder } from "./grant-holder";
import { type IsolationHarness, openIsolationHarness } from "./harness";
import { variablesFor } from "./id-parameters";
import { type RawRow, takeSnapshot } from "./snapshot";

/*
 * Whoever listens by grants on single customers alone hears of these customers and of nothing else, replayed and live, on a WebSocket
 * and as server-sent events, and nothing that comes after the end of the grants. The live fields are the schema's.
 */

let harness: IsolationHarness;
let holder: GrantHolder;
const opened: { close: () => unknown }[] = [];
beforeAll(async () => {
  harness = await openIsolationHarness();
  holder = await GrantHolder.signIn(harness);
}, 300_000);
afterEach(async () => {
  harness.server.setClock();
  for (const one of opened.splice(0)) await one.close();
});
afterAll(() => harness.close());

const live = allRootFields.filter(({ operation }) => operation === "subscription");
const TYPES: Record<string, EventType> = {
  invitationAccepted: "invitation.accepted",
  relationshipRemoved: "relationship.removed",
};
const ALL: EventType[] = ["customer.updated", ...Object.values(TYPES)];
/** What rights are looked at again within, by promise. */
const PROMISED_MS = 5_000;

/** One live operation of the holder, by either protocol. */
interface Listening {
  name: string;
  field: RootField;
  /** Position of the last event that it does not want. */
  from: number;
  texts(): string[];
  codes(): string[];
}

async function until(isDone: () => boolean, withinMs = PATIENCE_MS): Promise<void> {
  for (const end = performance.now() + withinMs; performance.now() < end && !isDone();) await pause(5);
}

async function stream(): Promise<RawRow[]> {
  const rows = (await takeSnapshot(harness.server.running.services.database)).get("event") ?? [];
  const own = rows.filter(({ organizationId }) => organizationId === holder.partnerId);
  return own.sort((one, other) => Number(one.position) - Number(other.position));
}

/** A document that asks for no more than the event's id: those that ask for everything soon use up a caller's budget. */
const idOnly = ({ brief }: RootField) => brief.replace("{ __typename }", "{ __typename id }");

/** The holder listens to every live field: from the beginning of its partner's stream and from its end, on a socket and as a stream. */
async function listenEverywhere(documentOf = idOnly): Promise<Listening[]> {
  const { server } = harness;
  const newest = (await stream()).length;
  const subscriber = new EventSubscriber(server.url, holder.bearer);
  opened.push(subscriber);
  const listening: Listening[] = [];
  for (const field of live) {
    for (const from of [0, newest]) {
      const after = eventCursor(holder.partnerId, from);
      const variables = { ...variablesFor(field, "lean", () => ""), after };
      const query = documentOf(field);
      const name = `${field.name} from ${from}`;
      listening.push(onSocket(`${name}, WebSocket`, field, from, subscriber.listen(query, variables)));
      const sse = await openStream(server, { token: holder.bearer, query, variables });
      opened.push({ close: () => sse.hangUp() });
      listening.push(asStream(`${name}, SSE`, field, from, sse));
    }
  }
  await until(() => server.running.live.listenerCount >= listening.length);
  expect(server.running.live.listenerCount).toBe(listening.length);
  return listening;
}

const onSocket = (name: string, field: RootField, from: number, hearing: Hearing): Listening => {
  return { name, field, from, texts: () => hearing.heard, codes: () => hearing.refused };
};

function asStream(name: string, field: RootField, from: number, { events }: RawStream): Listening {
  const answers = () => events.flatMap(({ data }) => (data ? [data] : []));
  return {
    ...{ name, field, from },
    texts: () =>
      answers()
        .filter(({ data }) => data)
        .map((answer) => JSON.stringify(answer)),
    codes: () => answers().flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code)),
  };
}

const idsHeard = ({ field, texts }: Listening) =>
  texts().map((text) => (JSON.parse(text) as { data: Record<string, { id: string }> }).data[field.name]?.id);

/** What is wrong with what a listener has heard of the stream so far, given what it may hear of. */
async function faultsOf(listening: Listening[], customers: readonly CustomerKey[]): Promise<string[]> {
  await harness.lookAgain();
  const rows = await stream();
  const faults: string[] = [];
  for (const one of listening) {
    const type = TYPES[one.field.name];
    const due = rows
      .filter((row) => Number(row.position) > one.from && (type ?? row.type) === row.type)
      .map(({ id }) => String(id))
      .filter((id) => holder.isAbout(id, customers));
    await until(() => one.texts().length >= due.length);
    if (due.length === 0) faults.push(`${one.name} proves nothing`);
    if (idsHeard(one).join() !== due.join())
      faults.push(`${one.name} heard ${idsHeard(one).join()}, not ${due.join()}`);
    if (one.codes().length > 0) faults.push(`${one.name} was refused: ${one.codes().join()}`);
    const others = one.texts().flatMap((text) => holder.idsOfOthersIn(text, customers));
    if (others.length > 0) faults.push(`${one.name} names ${[...new Set(others)].join()}`);
  }
  return faults;
}

async function recordAll(customer: CustomerKey): Promise<void> {
  for (const type of ALL) await holder.recordAgain(type, customer);
}

test("who listens by grants on a customer hears everything of that customer, replayed and live, and nothing else", async () => {
  await holder.grant(["customerZ"]);
  const listening = await listenEverywhere(({ document }) => document);
  await worldActs(harness.world, harness.rules.idsOf("offer")[0] ?? "");
  expect(await faultsOf(listening, ["customerZ"])).toEqual([]);
}, 120_000);

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

test.each([
  ["are deleted", () => holder.grant([])],
  ["have reached their end", () => Promise.resolve(harness.server.setClock(inMinutes(20)))],
])(
  "open listeners hear nothing that comes after their grants %s, and are refused within five seconds",
  async (_how, end) => {
    await holder.grant(["customerZ"], inMinutes(10));
    const listening = await listenEverywhere();
    await recordAll("customerZ");
    expect(await faultsOf(listening, ["customerZ"])).toEqual([]);
    const heardBefore = listening.map(idsHeard);
    await end();
    const endedAt = performance.now();
    await recordAll("customerZ");
    await until(() => listening.every((one) => one.codes().length > 0), within(PROMISED_MS));
    expect(performance.now() - endedAt).toBeLessThan(within(PROMISED_MS));
    for (const one of listening) expect([one.name, one.codes()]).toEqual([one.name, ["FORBIDDEN"]]);
    expect(listening.map(idsHeard)).toEqual(heardBefore);
  },
  120_000,
);

test("a listener whose grant on one customer ends stays for the others, and is told no more of the first", async () => {
  await holder.grant(["customerX", "customerZ"]);
  const listening = await listenEverywhere();
  await recordAll("customerX");
  await recordAll("customerZ");
  expect(await faultsOf(listening, ["customerX", "customerZ"])).toEqual([]);
  const heardBefore = listening.map((one) => one.texts().length);
  await holder.grant(["customerX"]);
  await recordAll("customerZ");
  await recordAll("customerX");
  await until(() => listening.every((one, at) => one.texts().length > (heardBefore[at] ?? 0)));
  const fresh = listening.flatMap((one, at) => idsHeard(one).slice(heardBefore[at]));
  await harness.lookAgain();
  expect(fresh.filter((id) => !holder.isAbout(id ?? "", ["customerX"]))).toEqual([]);
  expect(listening.flatMap((one) => one.codes())).toEqual([]);
}, 120_000);

test("who begins to listen after the grants have ended is refused, also to what happened before", async () => {
  await holder.grant(["customerZ"], inMinutes(-1));
  const subscriber = new EventSubscriber(harness.server.url, holder.bearer);
  opened.push(subscriber);
  for (const field of live) {
    const after = eventCursor(holder.partnerId, 0);
    const hearing = subscriber.listen(field.brief, { ...variablesFor(field, "lean", () => ""), after });
    await until(() => hearing.refused.length > 0);
    expect([field.name, hearing.refused, hearing.heard]).toEqual([field.name, ["FORBIDDEN"], []]);
  }
});
