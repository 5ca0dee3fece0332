import type { FileHarness, Caller } from "./harness";
import type { RootField } from "./documents";
import {
  type Effort,
  fieldsOf,
  mayBegin,
  type Probe,
  probesOf,
  sendAll,
  sendAndCompareTables,
} from "./probing";
import { isComplete, isDrawn, SHARE, shareName } from "./share";
import { idParameterName, idParametersOf } from "./id-parameters";
import { emptyTally, median } from "./tally";

/** A part of the API: what is about rows of some areas, by the area that a root field's permission names. */
export interface Part {
  name: string;
  areas: string[];
}

/** What is about invitations and what comes of them. */
export const invitations: Part = {
  name: "invitations and relationships",
  areas: ["invitation", "relationship", "partnership"],
};

/** What is about customers and what is sold to them. */
export const customers: Part = {
  name: "customers and subscriptions",
  areas: ["customer", "subscription", "offer"],
};

/** Whatever these parts do not name. */
export const others: Part = { name: "everything else", areas: [] };

/** All parts together. */
export const everything: Part = { name: "everything", areas: [] };

/** Whether a root field belongs to a part. */
function isIn(part: Part, { permission }: RootField): boolean {
  if (part === everything) return true;
  const [area = ""] = permission.split(".");
  if (part !== others) return part.areas.includes(area);
  return ![invitations, customers].some(({ areas }) => areas.includes(area));
}

const effortOf = (role: string): Effort => (/^(global-admin|prospect)$/.test(role) ? "all" : "likely");

/**
 * Makes the tests that send other organizations' ids, tokens, cursors and texts to the root fields of a part.
 * @param held the harness of the test file
 * @param leastProbes how many there must be where everything is tried
 */
export function probeForeignIds(held: FileHarness, part: Part, leastProbes: number): void {
  const tally = emptyTally();
  const drawn = drawerOf();

  const partsFields = (operation: RootField["operation"]) =>
    fieldsOf(operation).filter((field) => isIn(part, field));
  const probes = (caller: Caller, fields: RootField[]) =>
    drawn(probesOf(held.harness, caller, fields, effortOf(caller.role)));

  test("a query with another organization's id, token, cursor or text is answered as with one that never existed", async () => {
    const faults: string[] = [];
    // Refused attempts last: they go into the log of their own organization, which is one of the lists that are probed.
    for (const isLetIn of [true, false]) {
      for (const caller of held.harness.callers) {
        const fields = partsFields("query").filter((field) => mayBegin(caller, field) === isLetIn);
        faults.push(...(await sendAll(held.harness, probes(caller, fields), tally)));
      }
    }
    expect(faults).toEqual([]);
  }, 900_000);

  test("so is a mutation, and it changes no row of anybody", async () => {
    const faults: string[] = [];
    for (const caller of held.harness.callers) {
      const all = probes(caller, partsFields("mutation"));
      for (const isKept of [false, true]) {
        const now = all.filter(({ idParameter }) => idParameter.isOwnFilter === isKept);
        if (now.length > 0) faults.push(...(await sendAndCompareTables(held.harness, caller, now, tally)));
      }
    }
    expect(faults).toEqual([]);
  }, 900_000);

  test("what filters one's own stream is taken, whatever customer it names, and kept in one's own endpoint", async () => {
    const kept = await held.harness.server.running.services.database.read((reads) =>
      reads.rows<{ organizationId: string; customerId: string }>(
        "SELECT organizationId, customerId FROM webhook_endpoint WHERE customerId IS NOT NULL",
      ),
    );
    const foreign = kept.filter(
      ({ organizationId, customerId }) => !held.harness.rules.maySee(organizationId, customerId),
    );
    expect(foreign.length).toBeGreaterThan([others, everything].includes(part) ? 20 : -1);
  }, 60_000);

  test("no argument and no input field that bears an id was left out", () => {
    const idParameters = [...partsFields("query"), ...partsFields("mutation")]
      .flatMap(idParametersOf)
      .filter((idParameter) => !idParameter.isOwnKey);
    expect(idParameters.map(idParameterName).filter((name) => !tally.bySlot.has(name))).toEqual([]);
  });

  test("the probes were many", () => {
    const [foreign, never] = [median(tally.msForeign), median(tally.msNever)].map((ms) => ms.toFixed(2));
    process.stderr.write(
      `isolation of ${part.name} on ${testDatabase}, ${shareName}: ${tally.probes} probes, ${held.harness.apiClient.sent} requests; ` +
        `median answer ${foreign} ms for foreign, ${never} ms for never existing values\n`,
    );
    expect(tally.probes).toBeGreaterThanOrEqual(isComplete ? leastProbes : leastProbes * SHARE * 0.5);
  });
}

/**
 * Gives a function that keeps of some probes those that are drawn, and besides what is first sent to a slot by somebody who may
 * use it, so that no slot is left out, and what is kept in a row, of which there is little.
 */
function drawerOf(): (probes: Probe[]) => Probe[] {
  const firsts = new Map<string, string>();
  const isFirst = ({ caller, idParameter }: Probe, name: string) => {
    if (!mayBegin(caller, idParameter.field)) return false;
    const first = firsts.get(idParameterName(idParameter)) ?? name;
    firsts.set(idParameterName(idParameter), first);
    return first === name;
  };
  return (probes) =>
    probes.filter((probe) => {
      const { caller, idParameter, value } = probe;
      const name = `${caller.name} ${idParameterName(idParameter)} ${value.kind} ${value.owner}`;
      return isFirst(probe, name) || idParameter.isOwnFilter || isDrawn(name);
    });
}
