import { contributions } from "../../src/areas";
import type { Database } from "../../src/database/database";
import { openDatabase } from "../../src/database/open-database";
import { sql } from "../../src/database/sql";
import type { Transaction } from "../../src/unit-of-work/transaction";
import { type Caller, runUnitOfWork } from "../../src/unit-of-work/unit-of-work";
import { refusalOf } from "../support/refusals";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { type CuttingProxy, startCuttingProxy } from "./cutting-proxy";
import { insertPartner } from "./rows";

let storage: TestDatabase;
let proxy: CuttingProxy;
let database: Database;
const rung: string[][] = [];

beforeAll(async () => {
  storage = await makeTestDatabase({ migrated: true });
  proxy = await startCuttingProxy(storage.environment.DATABASE_URL);
  const address = { family: "mysql" as const, url: proxy.url, poolSize: 3 };
  database = await openDatabase(address, { onProgress: () => undefined });
});
afterAll(async () => {
  await database.close();
  await proxy.close();
  await storage.drop();
});

const caller: Caller = {
  actor: { kind: "SYSTEM" },
  requestId: "test",
  now: () => "2026-03-01T12:00:00.000Z",
  contributions,
};
const notify = (organizationIds: string[]) => void rung.push(organizationIds);

/** Makes a partner, once for each key. */
function make(name: string, key: string | null) {
  const work = (tx: Transaction) => insertPartner(tx, { name });
  return runUnitOfWork(database, notify, caller, work, { operation: "makePartner", key, input: { name } });
}

function partnersNamed(name: string): Promise<number> {
  return database.read((reads) => reads.count(sql`FROM partner WHERE name = ${name}`));
}

describe("a connection that is lost while committing", () => {
  it.each([
    { when: "before the server hears", effect: 0 },
    { when: "before the answer arrives", effect: 1 },
  ] as const)("$when has an unknown outcome and is never repeated blindly", async ({ when, effect }) => {
    proxy.cutNextCommit(when);
    expect(await refusalOf(make(`Blind ${when}`, null))).toBe("OUTCOME_UNKNOWN");
    expect(await partnersNamed(`Blind ${when}`)).toBe(effect);
  });

  it.each(["before the server hears", "before the answer arrives"] as const)(
    "%s is repeated safely with the same idempotency key: the effect is there once",
    async (when) => {
      const name = `Keyed ${when}`;
      proxy.cutNextCommit(when);
      expect(await refusalOf(make(name, when))).toBe("OUTCOME_UNKNOWN");
      const repeat = await make(name, when);
      const again = await make(name, when);

      expect(again).toEqual(repeat);
      expect(await partnersNamed(name)).toBe(1);
    },
  );
});
