import { type Arena, openArena, type Visitor } from "./arena";
import { allRootFields } from "./documents";
import { codesIn, type Reply } from "./door";
import { fieldsOf, ownFiller } from "./probing";
import { type Slot, slotName, slotsOf, variablesFor, withValue } from "./slots";

/*
 * The positive half: at every slot at which foreign values were refused, somebody's own value is taken, with the very
 * variables that the probes send. Without it "as one that never existed" could mean that nothing ever works.
 */

let arena: Arena;

beforeAll(async () => {
  arena = await openArena();
}, 300_000);
afterAll(() => arena.close());

/** Whether an answer holds what was pointed at: a list that is not empty, an object, a payload without refusals. */
function succeeded({ field }: Slot, reply: Reply): boolean {
  const answer = reply.body.data?.[field.name] as
    { totalCount?: number; nodes?: unknown[]; userErrors?: unknown[] } | null | undefined;
  if (!answer || codesIn(reply).length > 0) return false;
  return field.isList ? (answer.nodes ?? []).length > 0 : true;
}

async function ownersValueWorks(slot: Slot): Promise<boolean> {
  const { field } = slot;
  const list = slot.path.join().split("_")[1] ?? field.name;
  for (const visitor of arena.visitors.filter(canTry(slot))) {
    for (const shape of ["lean", "full"] as const) {
      for (const { value, nth } of ownValues(slot, visitor, list)) {
        const base = variablesFor(field, shape, ownFiller(arena, visitor, field, nth));
        const reply = await arena.door.ask(visitor.bearer, field, withValue(base, slot, value));
        if (succeeded(slot, reply)) return true;
      }
    }
  }
  return false;
}

/** Global admins try; of an invitation somebody new too. */
const canTry = (slot: Slot) => (visitor: Visitor) =>
  /^(global-admin|prospect)$/.test(visitor.role) && visitor.permissions.has(slot.field.permission as never);

function ownValues(slot: Slot, visitor: Visitor, list: string): { value: string; nth?: number }[] {
  const { key } = visitor;
  // A caller's own key names no row: the call that it stands in must work, with whichever row of its own.
  if (slot.isOwnKey)
    return Array.from({ length: 30 }, (_, nth) => ({ value: `key ${nth} for ${slotName(slot)}`, nth }));
  if (!key) return [];
  const kinds = slot.kinds.slice(0, slot.kinds.length > 5 && slot.kinds[0] === "partner" ? undefined : 1);
  const values = kinds.flatMap((kind) => arena.pools.own(key, kind, list));
  return [...new Set([...searchTexts(slot), ...values])].slice(0, 60).map((value) => ({ value }));
}

/** Texts that a search takes though they are no mark: what stands at the start of every id and name would do. */
function searchTexts(slot: Slot): string[] {
  return slot.kinds[0] === "text"
    ? ["US", "zq", "Offer", "customer", ...fieldsOf("mutation").map(({ name }) => name)]
    : [];
}

const slots = allRootFields.filter(({ operation }) => operation !== "subscription").flatMap(slotsOf);

test.each(slots.map((slot) => [slotName(slot), slot] as const))(
  "%s takes its owner's own value",
  async (_name, slot) => {
    if (slot.field.operation === "mutation") await arena.lookAgain();
    expect(await ownersValueWorks(slot)).toBe(true);
  },
  300_000,
);
