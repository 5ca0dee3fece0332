import { type IsolationHarness, openIsolationHarness, type Caller } from "./harness";
import type { RootField } from "./documents";
import { codesIn, type Reply } from "./api-client";
import { fieldsOf, mayBegin, ownFiller } from "./probing";
import { type IdParameter, idParametersOf, variablesFor, withValue } from "./id-parameters";

let harness: IsolationHarness;

beforeAll(async () => {
  harness = await openIsolationHarness();
}, 300_000);
afterAll(() => harness.close());

const withOwnKey = fieldsOf("mutation").filter((field) =>
  idParametersOf(field).some(({ isOwnKey }) => isOwnKey),
);

const keySlot = (field: RootField) => idParametersOf(field).find(({ isOwnKey }) => isOwnKey) as IdParameter;

const payloadOf = (field: RootField, reply: Reply) => JSON.stringify(reply.body.data?.[field.name]);

/** What a result is about: the ids of its objects, and what it gives besides. What hangs on them may have changed. */
function aboutOf(field: RootField, reply: Reply): unknown {
  const brief = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(brief) : ((value as { id?: unknown } | null)?.id ?? value);
  return Object.values(reply.body.data?.[field.name] ?? {}).map(brief);
}

interface FirstCall {
  caller: Caller;
  key: string;
  variables: object;
  reply: Reply;
}

/** Somebody's call that works, with an idempotency key. */
async function firstCall(field: RootField): Promise<FirstCall> {
  for (const caller of harness.callers.filter((one) => one.role === "global-admin" && mayBegin(one, field))) {
    for (const shape of ["full", "lean"] as const) {
      for (let nth = 0; nth < 30; nth++) {
        const key = `${field.name} ${nth} of ${caller.name}`;
        const variables = call(field, caller, key, shape, nth);
        const reply = await harness.apiClient.ask(caller.bearer, field, variables);
        if (codesIn(reply).length === 0) return { caller, key, variables, reply };
      }
    }
  }
  throw new Error(`nobody can ${field.name}`);
}

/** A call that differs from every other one in its texts, and in its ids where `nth` does. */
function call(field: RootField, caller: Caller, key: string, shape: "lean" | "full", nth: number): object {
  return withValue(variablesFor(field, shape, ownFiller(harness, caller, field, nth)), keySlot(field), key);
}

/** What somebody else learns by the key: another organization's secrets, the same result, or that the key is taken. */
async function thefts(field: RootField, first: FirstCall, other: Caller): Promise<string[]> {
  const isElsewhere = other.organizationId !== first.caller.organizationId;
  const repeated = await harness.apiClient.ask(other.bearer, field, first.variables);
  const told = isElsewhere
    ? harness.oracle.faults(repeated.text, other, JSON.stringify(first.variables))
    : [];
  if (
    isElsewhere &&
    payloadOf(field, repeated) === payloadOf(field, first.reply) &&
    codesIn(repeated).length === 0
  )
    told.push("has the same result");
  // Where its own repeat had no effect, the key is still free for any other call of its own.
  const isFree = codesIn(repeated).length > 0;
  const changed =
    isFree && (await harness.apiClient.ask(other.bearer, field, call(field, other, first.key, "lean", 31)));
  if (changed && codesIn(changed).includes("IDEMPOTENCY_KEY_REUSED"))
    told.push("is told that the key is taken");
  return told.map((what) => `${other.name} ${what}`);
}

test.each(withOwnKey.map((field) => [field.name, field] as const))(
  "the idempotency key of a %s gives its result again to the same caller, and to nobody else",
  async (_name, field) => {
    await harness.lookAgain();
    const first = await firstCall(field);
    const again = await harness.apiClient.ask(first.caller.bearer, field, first.variables);
    expect(aboutOf(field, again)).toEqual(aboutOf(field, first.reply));
    const others = harness.callers.filter((one) => one.name !== first.caller.name && mayBegin(one, field));
    const told = await Promise.all(others.map((other) => thefts(field, first, other)));
    expect(told.flat()).toEqual([]);
  },
  300_000,
);
