import { type Arena, openArena } from "./arena";
import { slotName, slotsOf } from "./slots";
import { type Effort, fieldsOf, mayBegin, probesOf, sendAll, sendAndCompareTables } from "./probing";
import { emptyTally, median } from "./tally";

/** Of both databases together at least twice as many. */
const LEAST_PROBES = 5_000;

let arena: Arena;
const tally = emptyTally();

beforeAll(async () => {
  arena = await openArena();
}, 900_000);
afterAll(() => arena.close());

const effortOf = (role: string): Effort => (/^(global-admin|prospect)$/.test(role) ? "all" : "likely");

test("a query with another organization's id, token, cursor or text is answered as with one that never existed", async () => {
  const faults: string[] = [];
  // Refused attempts last: they go into the log of their own organization, which is one of the lists that are probed.
  for (const isLetIn of [true, false]) {
    for (const visitor of arena.visitors) {
      const probes = probesOf(arena, visitor, "query", effortOf(visitor.role));
      const now = probes.filter(({ slot }) => mayBegin(visitor, slot.field) === isLetIn);
      faults.push(...(await sendAll(arena, now, tally)));
    }
  }
  expect(faults).toEqual([]);
}, 900_000);

test("so is a mutation, and it changes no row of anybody", async () => {
  const faults: string[] = [];
  for (const visitor of arena.visitors) {
    const probes = probesOf(arena, visitor, "mutation", effortOf(visitor.role));
    for (const isKept of [false, true]) {
      const now = probes.filter(({ slot }) => slot.isOwnFilter === isKept);
      if (now.length > 0) faults.push(...(await sendAndCompareTables(arena, visitor, now, tally)));
    }
  }
  expect(faults).toEqual([]);
}, 900_000);

test("what filters one's own stream is taken, whatever customer it names, and kept in one's own endpoint", async () => {
  const kept = await arena.server.running.services.database.read((reads) =>
    reads.rows<{ organizationId: string; customerId: string }>(
      "SELECT organizationId, customerId FROM webhook_endpoint WHERE customerId IS NOT NULL",
    ),
  );
  const foreign = kept.filter(
    ({ organizationId, customerId }) => !arena.rules.maySee(organizationId, customerId),
  );
  expect(foreign.length).toBeGreaterThan(20);
});

test("no argument and no input field that bears an id was left out", () => {
  const slots = [...fieldsOf("query"), ...fieldsOf("mutation")]
    .flatMap(slotsOf)
    .filter((slot) => !slot.isOwnKey);
  expect(slots.map(slotName).filter((name) => !tally.bySlot.has(name))).toEqual([]);
});

test("the probes were many", () => {
  const [foreign, never] = [median(tally.msForeign), median(tally.msNever)].map((ms) => ms.toFixed(2));
  process.stderr.write(
    `walls on ${testDatabase}: ${tally.probes} probes, ${arena.door.sent} requests; ` +
      `median answer ${foreign} ms for foreign, ${never} ms for never existing values\n`,
  );
  expect(tally.probes).toBeGreaterThanOrEqual(LEAST_PROBES);
});
