import { type IsolationHarness, openIsolationHarness, type Caller } from "./harness";
import { allRootFields } from "./documents";
import { codesIn, type Reply } from "./api-client";
import { fieldsOf, ownFiller } from "./probing";
import { type IdParameter, idParameterName, idParametersOf, variablesFor, withValue } from "./id-parameters";

/*
 * The positive half: at every slot at which foreign values were refused, somebody's own value is taken, with the very
 * variables that the probes send. Without it "as one that never existed" could mean that nothing ever works.
 */

let harness: IsolationHarness;

beforeAll(async () => {
  harness = await openIsolationHarness();
}, 300_000);
afterAll(() => harness.close());

/** Whether an answer holds what was pointed at: a list that is not empty, an object, a payload without refusals. */
function succeeded({ field }: IdParameter, reply: Reply): boolean {
  const answer = reply.body.data?.[field.name] as
    { totalCount?: number; nodes?: unknown[]; userErrors?: unknown[] } | null | undefined;
  if (!answer || codesIn(reply).length > 0) return false;
  return field.isList ? (answer.nodes ?? []).length > 0 : true;
}

async function ownersValueWorks(idParameter: IdParameter): Promise<boolean> {
  const { field } = idParameter;
  const list = idParameter.path.join().split("_")[1] ?? field.name;
  for (const caller of harness.callers.filter(canTry(idParameter))) {
    for (const shape of ["lean", "full"] as const) {
      for (const { value, nth } of ownValues(idParameter, caller, list)) {
        const base = variablesFor(field, shape, ownFiller(harness, caller, field, nth));
        const reply = await harness.apiClient.ask(caller.bearer, field, withValue(base, idParameter, value));
        if (succeeded(idParameter, reply)) return true;
      }
    }
  }
  return false;
}

/** Global admins try; of an invitation somebody new too. */
const canTry = (idParameter: IdParameter) => (caller: Caller) =>
  /^(global-admin|prospect)$/.test(caller.role) &&
  caller.permissions.has(idParameter.field.permission as never);

function ownValues(
  idParameter: IdParameter,
  caller: Caller,
  list: string,
): { value: string; nth?: number }[] {
  const { key } = caller;
  // A caller's own key names no row: the call that it stands in must work, with whichever row of its own.
  if (idParameter.isOwnKey)
    return Array.from({ length: 30 }, (_, nth) => ({
      value: `key ${nth} for ${idParameterName(idParameter)}`,
      nth,
    }));
  if (!key) return [];
  const kinds = idParameter.kinds.slice(
    0,
    idParameter.kinds.length > 5 && idParameter.kinds[0] === "partner" ? undefined : 1,
  );
  const values = kinds.flatMap((kind) => harness.pools.own(key, kind, list));
  return [...new Set([...searchTexts(idParameter), ...values])].slice(0, 60).map((value) => ({ value }));
}

/** Texts that a search takes though they are no mark: what stands at the start of every id and name is sufficient. */
function searchTexts(idParameter: IdParameter): string[] {
  return idParameter.kinds[0] === "text"
    ? ["US", "zq", "Offer", "customer", ...fieldsOf("mutation").map(({ name }) => name)]
    : [];
}

const idParameters = allRootFields
  .filter(({ operation }) => operation !== "subscription")
  .flatMap(idParametersOf);

test.each(idParameters.map((idParameter) => [idParameterName(idParameter), idParameter] as const))(
  "%s takes its owner's own value",
  async (_name, idParameter) => {
    if (idParameter.field.operation === "mutation") await harness.lookAgain();
    expect(await ownersValueWorks(idParameter)).toBe(true);
  },
  300_000,
);
