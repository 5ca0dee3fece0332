import { setTimeout as pause } from "node:timers/promises";
import { references } from "../../src/consistency";
import { Reads } from "../../src/database/reads";
import { acceptInvitation } from "../../src/invitations";
import { aCustomer, anInvitation, aPartner } from "../support/builders";
import { PATIENCE_MS } from "../support/patience";
import { type TestContext, openTestContext } from "../support/test-context";
import { records, streams } from "./log-damages";
import { type Damage, invitations, relationships, subscriptions } from "./state-damages";
import { findingsIn, play, type Scenario } from "./scenario";

let testContext: TestContext;
let scenario: Scenario;
beforeAll(async () => {
  testContext = await openTestContext();
  scenario = await play(testContext);
});
afterAll(() => testContext.close());

class Undone extends Error {}

/** What the checks find after some statements, which are rolled back then; foreign keys do not stand in the way. */
async function findingsAfter(statements: string[], checks: string[]): Promise<string[]> {
  const isSqlite = testDatabase === "sqlite";
  let found: string[] = [];
  const damaged = testContext.database.transact(async (connection) => {
    await connection.rows(isSqlite ? "PRAGMA defer_foreign_keys = ON" : "SET FOREIGN_KEY_CHECKS = 0", []);
    for (const statement of statements) expect(await connection.change(statement, [])).toBeGreaterThan(0);
    const findings = await findingsIn(new Reads(connection, testContext.database.maps), checks);
    if (!isSqlite) await connection.rows("SET FOREIGN_KEY_CHECKS = 1", []);
    found = findings.map(({ table, id, problem, expected }) => `${table} ${id}: ${problem}; ${expected}`);
    throw new Undone();
  });
  await expect(damaged).rejects.toThrow(Undone);
  return found;
}

const by = (checks: string[], damages: Damage[]) => damages.map((damage) => ({ ...damage, checks }));

describe("verify", () => {
  it("finds nothing in the demo and a scenario in which everything happened, and has looked at all of it", async () => {
    expect(await testContext.database.snapshot((reads) => findingsIn(reads))).toEqual([]);
    for (const { table, column } of references)
      expect({
        table,
        column,
        rows: await testContext.count(table, `${column} IS NOT NULL`),
      }).not.toMatchObject({
        rows: 0,
      });
  });

  it("finds nothing while invitations are being accepted", async () => {
    const inviter = await aPartner(testContext);
    const accept = async () => {
      const { token } = await anInvitation(testContext, inviter);
      await acceptInvitation(testContext.as((await aCustomer(testContext)).actor), { token });
    };
    let isChecked = false;
    let accepted = 0;
    const accepting = Promise.all(
      Array.from({ length: 4 }, async () => {
        // Until the checks are done, however long they take on this machine.
        for (; !isChecked; accepted++) await accept();
      }),
    );
    const acceptedAtChecks: number[] = [];
    try {
      for (let checks = 0; checks < 4; checks++) {
        expect(await testContext.database.snapshot((reads) => findingsIn(reads))).toEqual([]);
        acceptedAtChecks.push(accepted);
        // Reads of SQLite never wait for anything, and would let nobody else go on.
        const latest = Date.now() + PATIENCE_MS;
        while (accepted === acceptedAtChecks.at(-1) && Date.now() < latest) await pause(1);
      }
    } finally {
      isChecked = true;
      await accepting;
    }
    expect(new Set(acceptedAtChecks).size).toBe(acceptedAtChecks.length);
  });

  it.each([
    ...by(["invitations", "relationships", "subscriptions", "kept counts"], invitations),
    ...by(["relationships"], relationships),
    ...by(["subscriptions"], subscriptions),
    ...by(["invitations", "relationships", "subscriptions", "event streams"], streams),
    ...by(["webhooks", "kept counts", "activity logs", "idempotency records"], records),
  ])("finds $what", async ({ statements, finds, checks }) => {
    const found = await findingsAfter(statements(scenario), checks);
    for (const one of finds(scenario)) expect(found).toContainEqual(expect.stringMatching(one));
  });

  it("finds every column that names nothing", async () => {
    const others = references.filter(({ key, column }) => !key.includes(column) && column !== "id");
    const statements = others.map(
      ({ table, column }) => `UPDATE ${table} SET ${column} = 'nobody' WHERE ${column} IS NOT NULL`,
    );
    // One of each table: a unique index allows no more.
    const first = ({ table, key: [key] }: (typeof references)[number]) =>
      ` AND ${key} = (SELECT one.${key} FROM (SELECT MIN(${key}) AS ${key} FROM ${table} WHERE `;
    const found = await findingsAfter(
      statements.map((statement, at) => {
        const reference = others[at];
        return `${statement}${reference ? `${first(reference)}${reference.column} IS NOT NULL) one)` : ""}`;
      }),
      ["references"],
    );
    for (const { table, column } of others)
      expect(found).toContainEqual(
        expect.stringMatching(new RegExp(`^${table} \\w+: its ${column} is nobody, which`)),
      );
  });

  it("finds organizations without a head, heads without an organization, and what such a head numbered", async () => {
    const found = await findingsAfter(
      [
        `DELETE FROM organization_head WHERE organizationId IN ('${scenario.partnerId}', '${scenario.buyerId}')`,
        `DELETE FROM partner WHERE id = '${scenario.providerId}'`,
      ],
      ["references", "event streams"],
    );
    for (const [place, column, organizationId] of [
      [`partner ${scenario.partnerId}`, "id", scenario.partnerId],
      [`customer ${scenario.buyerId}`, "id", scenario.buyerId],
      [`organization_head ${scenario.providerId}`, "organizationId", scenario.providerId],
      [`event ${scenario.buyerId} 1`, "organizationId", scenario.buyerId],
      [`activity_record ${scenario.buyerId} 1`, "organizationId", scenario.buyerId],
    ])
      expect(found).toContainEqual(
        expect.stringContaining(`${place}: its ${column} is ${organizationId}, which`),
      );
    expect(found).toContainEqual(
      expect.stringContaining(`event ${scenario.buyerId}: it has events, and no head`),
    );
  });
});
