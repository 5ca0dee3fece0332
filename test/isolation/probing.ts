import type { Permission } from "../../src/access/permissions";
import type { IsolationHarness, Caller } from "./harness";
import { allRootFields, type RootField } from "./documents";
import { difference } from "./difference";
import { codesIn, comparable, eachOf, type Reply, withoutEndpoint } from "./api-client";
import { twinOf, type Value } from "./pools";
import {
  type IdParameter,
  idParameterName,
  idParametersOf,
  type ValueKind,
  variablesFor,
  withValue,
} from "./id-parameters";
import { changesBetween, takeSnapshotForChanges } from "./snapshot";
import { emptyTally, note, type Tally } from "./tally";

/** One foreign value at one slot, and what is sent instead of it for comparison. */
export interface Probe {
  caller: Caller;
  idParameter: IdParameter;
  value: Value;
  variables: Record<string, unknown>;
  twin: { value: string; variables: Record<string, unknown> };
}

/** One of each other organization, and some that have several kinds of rows. */
const MAX_PER_PARAMETER = 10;

/** And fewer where each value that is tried makes an endpoint: an organization can have 20. */
const MAX_KEPT = 2;

/** How far a visitor tries: everything, or of everything the likeliest. */
export type Effort = "all" | "likely";

/** The root fields of an operation that a probe over HTTP can begin with. */
export const fieldsOf = (operation: RootField["operation"]) =>
  allRootFields.filter((field) => field.operation === operation);

/** Fills an id that is required beside the one that is probed with the visitor's own (the first, or another one), or with one that never existed. */
export function ownFiller({ pools }: IsolationHarness, { key }: Caller, field: RootField, nth = 0) {
  return (kinds: ValueKind[]): string => {
    const [kind = "customer"] = kinds;
    const own = key ? pools.own(key, kind, field.name)[nth] : undefined;
    const other = pools.foreign(key, kind, 1, field.name)[0]?.value;
    return own ?? (other === undefined ? "" : twinOf(kind, other));
  };
}

/** Spreads fields over visitors, so that of those who share a role every field is tried by some. */
function isOneInThree({ name }: Caller, field: RootField): boolean {
  const text = `${name} ${field.name}`;
  return [...text].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 3 === 0;
}

/** Where events go is decided by those who may read them: whoever has a root field's permission alone is still stopped. */
const SECOND_PERMISSION: Record<string, Permission> = {
  createWebhookEndpoint: "event.read",
  updateWebhookEndpoint: "event.read",
  enableWebhookEndpoint: "event.read",
  replayWebhook: "event.read",
  retryWebhookDelivery: "event.read",
};

/** Whether a visitor has the permission of a root field, and the second one where it takes two. */
export function mayBegin({ permissions }: Caller, { name, permission }: RootField): boolean {
  const second = SECOND_PERMISSION[name];
  return permissions.has(permission as never) && (second === undefined || permissions.has(second));
}

/** The document that a visitor asks a root field with: all that it gives, or nothing for one that will be refused. */
export function documentFor(caller: Caller, field: RootField): { document: string } {
  return { document: mayBegin(caller, field) ? field.document : field.brief };
}

/** The probes of a visitor at the slots of some root fields. */
export function probesOf(
  harness: IsolationHarness,
  caller: Caller,
  fields: RootField[],
  effort: Effort,
): Probe[] {
  return fields
    .flatMap((field) => {
      const idParameters = idParametersOf(field).filter(({ isOwnKey }) => !isOwnKey);
      if (mayBegin(caller, field) || effort === "all") return idParameters;
      // Stopped at the endpoint, whatever is sent, and each refusal is written down: some of them will do.
      return isOneInThree(caller, field) ? idParameters.slice(0, 1) : [];
    })
    .flatMap((idParameter) => probesAt(harness, caller, idParameter, effort));
}

function probesAt(
  harness: IsolationHarness,
  caller: Caller,
  idParameter: IdParameter,
  effort: Effort,
): Probe[] {
  const { field } = idParameter;
  const isNested = idParameter.path.join().includes("_");
  const list = isNested ? nestedList(idParameter) : field.name;
  const usual = isNested ? 2 : MAX_PER_PARAMETER;
  const most = effort === "likely" ? 1 : idParameter.isOwnFilter ? MAX_KEPT : usual;
  const kinds = effort === "likely" ? idParameter.kinds.slice(0, 1) : idParameter.kinds;
  return kinds.flatMap((kind, at) => {
    const values = harness.pools
      .foreign(caller.key, kind, 1, list)
      .filter(({ isFormer }) => !(isFormer && field.isList));
    const isLikeliest = at === 0;
    const shapes = field.operation === "mutation" && effort === "all" && isLikeliest ? BOTH_SHAPES : LEAN;
    return shapes.flatMap((shape) =>
      spread(values, !isLikeliest ? 1 : shape === "full" ? Math.min(4, most) : most).map((value) =>
        probeOf(harness, caller, idParameter, shape, value),
      ),
    );
  });
}

const LEAN = ["lean"] as const;
const BOTH_SHAPES = ["lean", "full"] as const;

function probeOf(
  harness: IsolationHarness,
  caller: Caller,
  idParameter: IdParameter,
  shape: "lean" | "full",
  value: Value,
): Probe {
  const base = variablesFor(idParameter.field, shape, ownFiller(harness, caller, idParameter.field));
  const twin = twinOf(value.kind, value.value);
  return {
    caller,
    idParameter,
    value,
    variables: withValue(base, idParameter, value.value),
    twin: { value: twin, variables: withValue(base, idParameter, twin) },
  };
}

/** So many of a list, from all over it. */
export function spread<T>(list: T[], most: number): T[] {
  const step = Math.max(1, list.length / most);
  return Array.from({ length: Math.min(most, list.length) }, (_, at) => list[Math.floor(at * step)]);
}

/** `Customer_subscriptions_after` is a cursor of the list that `subscriptions` gives too. */
function nestedList({ path }: IdParameter): string {
  return path[path.length - 1]?.split("_")[1] ?? "";
}

/** Sends probes and gives what is wrong with their answers, a line each. */
export async function sendAll(harness: IsolationHarness, probes: Probe[], tally: Tally): Promise<string[]> {
  const faults: string[] = [];
  const never = new Map<string, Promise<Reply>>();
  await eachOf(probes, async (probe) => {
    const { caller, idParameter, value, variables, twin } = probe;
    harness.oracle.tell(caller.organizationId, JSON.stringify(variables));
    const foreign = await harness.apiClient.ask(
      caller.bearer,
      documentFor(caller, idParameter.field),
      variables,
    );
    const twinKey = [
      caller.name,
      idParameterName(idParameter),
      value.kind,
      JSON.stringify(twin.variables).split(twin.value).join(""),
    ].join();
    // Two ids that never existed are answered alike; two cursors that were never given out stand at different places.
    const asked = value.kind === "cursor" ? undefined : never.get(twinKey);
    const unknown =
      asked ?? harness.apiClient.ask(caller.bearer, documentFor(caller, idParameter.field), twin.variables);
    never.set(twinKey, unknown);
    note(tally, idParameter, foreign, asked ? undefined : await unknown);
    faults.push(...(await faultsOf(harness, probe, foreign, await unknown)));
  });
  return faults;
}

async function faultsOf(
  harness: IsolationHarness,
  probe: Probe,
  foreign: Reply,
  never: Reply,
): Promise<string[]> {
  const { caller, idParameter, value, variables, twin } = probe;
  const where = `${caller.name}, ${idParameterName(idParameter)} with ${value.owner}'s ${value.kind} ${value.value}`;
  const leaks = harness.oracle.faults(foreign.text, caller, JSON.stringify(variables));
  const codes = codesIn(foreign).filter((code) =>
    /INTERNAL|BAD_REQUEST|LIMIT|TOO_LARGE|^SERVICE_/.test(code),
  );
  const faults = [
    ...leaks.map((leak) => `shows ${leak}`),
    ...codes.map((code) => `is answered ${code}: ${foreign.text}`),
  ];
  const apart = await toldApart(harness, probe, [
    told(probe, foreign, value.value),
    told(probe, never, twin.value),
  ]);
  if (apart) faults.push(`is told apart from ${twin.value}, which never existed: ${difference(...apart)}`);
  return faults.map((fault) => `${where}: ${fault}`);
}

/** How often two answers are asked for again when something of the visitor's own has changed between them. */
const MOST_TRIES = 10;

/**
 * The two answers where a value is told apart from one that never existed. What is of the visitor's own may have grown between
 * two answers; so the value is asked for before and after the other one, and only what is answered alike both times counts.
 */
async function toldApart(
  harness: IsolationHarness,
  probe: Probe,
  answers: [foreign: string, never: string],
): Promise<[foreign: string, never: string] | undefined> {
  let [before, never] = answers;
  if (before === never) return undefined;
  const { caller, idParameter, value, variables, twin } = probe;
  const ask = async (sent: string, asked: Record<string, unknown>) =>
    told(
      probe,
      await harness.apiClient.ask(caller.bearer, documentFor(caller, idParameter.field), asked),
      sent,
    );
  before = await ask(value.value, variables);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    never = await ask(twin.value, twin.variables);
    if (never === before) return undefined;
    const after = await ask(value.value, variables);
    if (never === after) return undefined;
    if (after === before) break;
    before = after;
  }
  return [before, never];
}

/** What a reply tells of the value that was sent; an endpoint that was made or changed with it is another one each time. */
function told({ idParameter }: Probe, reply: Reply, sent: string): string {
  const text = comparable(reply, sent);
  return idParameter.isOwnFilter ? withoutEndpoint(text) : text;
}

/**
 * Sends probes of one visitor and besides tells which rows of anybody they changed, but for its own log and for endpoints of
 * its own that keep what was sent as their filter.
 */
export async function sendAndCompareTables(
  harness: IsolationHarness,
  caller: Caller,
  probes: Probe[],
  tally: Tally,
): Promise<string[]> {
  const { database } = harness.server.running.services;
  const changesOf = async (these: Probe[], count: Tally) => {
    const before = await takeSnapshotForChanges(database);
    // Only where nothing else was sent: no other probe may change an endpoint.
    const filters = these.every(({ idParameter }) => idParameter.isOwnFilter) ? these : [];
    const sent = filters.flatMap(({ value, twin }) => [value.value, twin.value]);
    const old = (before.get("webhook_endpoint") ?? []).map(({ customerId }) => customerId);
    const kept = new Set<unknown>(sent.length > 0 ? [...sent, ...old] : []);
    const faults = await sendAll(harness, these, count);
    const changes = changesBetween(before, await takeSnapshotForChanges(database), ({ table, row }) => {
      const isOwnLog = table === "activity_record" || table === "organization_head";
      const isOwnFilter = table === "webhook_endpoint" && kept.has(row.customerId);
      return (isOwnLog || isOwnFilter) && row.organizationId === caller.organizationId;
    });
    return { faults, changes };
  };
  const { faults, changes } = await changesOf(probes, tally);
  if (changes.length === 0) return faults;
  const said = changes.slice(0, 3).map(({ table, row }) => `${table} ${JSON.stringify(row)}`);
  for (const probe of probes) {
    if (said.length > 5) break;
    const alone = await changesOf([probe], emptyTally());
    if (alone.changes.length > 0)
      said.push(`by ${idParameterName(probe.idParameter)} with ${probe.value.owner}'s ${probe.value.value}`);
  }
  return [...faults, `${caller.name} changed rows: ${said.join("; ")}`];
}
