import { type Connection, createConnection } from "mysql2/promise";
import { Partner } from "../../entities/partners/partner";
import type { Reads } from "../../src/database/reads";
import { sql } from "../../src/database/sql";
import type { Transaction } from "../../src/unit-of-work/transaction";
import { aPartner } from "../support/builders";
import { beginStream } from "../../src/events/event-log";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf } from "../support/refusals";
import { makeGate } from "./gate";
import { insertPartner, partnersNamed } from "./rows";

let testContext: TestContext;
let outside: Connection;
beforeAll(async () => {
  testContext = await openTestContext({ poolSize: 5 });
  outside = await createConnection(process.env.PARTNERGRAPH_TEST_MARIADB_URL ?? "");
});
afterAll(async () => {
  await outside.end();
  await testContext.close();
});

const idOf = async (reads: Reads) =>
  Number((await reads.rows<{ id: number }>("SELECT CONNECTION_ID() AS id"))[0]?.id);

/** Cuts a connection off at the server, and waits until it is gone. */
async function kill(id: number): Promise<void> {
  await outside.query(`KILL CONNECTION ${id}`);
  for (;;) {
    const sql = `SELECT 1 FROM information_schema.processlist WHERE id = ${id}`;
    const [rows] = await outside.query<never[]>(sql);
    if (rows.length === 0) return;
  }
}

/** What a number of connections, held at the same time, say about their isolation. */
async function isolations(of: TestContext, held: number) {
  const [all, answers] = [makeGate(), [] as { id: number; isolation: string }[]];
  const ask = () =>
    of.database.read(async (reads) => {
      const [row] = await reads.rows<{ id: number; isolation: string; lockWait: string }>(
        `SELECT CONNECTION_ID() AS id, @@tx_isolation AS isolation,
           CONCAT(@@innodb_lock_wait_timeout, '/', @@lock_wait_timeout) AS lockWait`,
      );
      if (row) answers.push(row);
      if (answers.length === held) all.open();
      await all.passed;
    });
  await Promise.all(Array.from({ length: held }, ask));
  return answers;
}

describe("every connection of the pool", () => {
  it("reads only committed rows and waits a second for a row or a table", async () => {
    const answers = await isolations(testContext, 5);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(5);
    expect(answers.map(({ isolation }) => isolation)).toEqual(Array(5).fill("READ-COMMITTED"));
    expect(answers).toMatchObject(Array(5).fill({ lockWait: "1/1" }));
  });

  it("also the very first, which was open before anybody could be told", async () => {
    const single = await openTestContext({ poolSize: 1 });
    try {
      expect(await isolations(single, 1)).toMatchObject([{ isolation: "READ-COMMITTED", lockWait: "1/1" }]);
    } finally {
      await single.close();
    }
  });

  it("also one that replaces a connection that was cut off while idle", async () => {
    const single = await openTestContext({ poolSize: 1 });
    try {
      await kill(await single.database.read(idOf));
      expect(await isolations(single, 1)).toMatchObject([{ isolation: "READ-COMMITTED", lockWait: "1/1" }]);
    } finally {
      await single.close();
    }
  });
});

const lock = (tx: Transaction, id: string) => tx.get(Partner, tx.locked(sql`FROM partner WHERE id = ${id}`));

describe("two transactions that lock two rows crosswise", () => {
  it("both finish: the one that the database undid is called again", async () => {
    const rows = [
      (await aPartner(testContext, { name: "0" })).partner,
      (await aPartner(testContext, { name: "0" })).partner,
    ];
    const ids = rows.map(({ id }) => id);
    const bothHoldOne = makeGate();
    let holding = 0;
    const transactions = new Set<Transaction>();
    const crossing = ([first = "", second = ""]: string[]) =>
      testContext.system.transaction(async (tx) => {
        transactions.add(tx);
        const one = await lock(tx, first);
        if (++holding === 2) bothHoldOne.open();
        await bothHoldOne.passed;
        const other = await lock(tx, second);
        await tx.update(Partner, one, { name: `${one.name}+` });
        await tx.update(Partner, other, { name: `${other.name}+` });
      });
    await Promise.all([crossing(ids), crossing([...ids].reverse())]);

    expect(transactions.size).toBe(3);
    expect(
      await testContext.count("partner", `id IN ('${ids.join("','")}') AND name = '0++' AND version = 3`),
    ).toBe(2);
  });
});

describe("a transaction that waits too long for a lock", () => {
  it("is undone as a whole and called again", async () => {
    const { partner } = await aPartner(testContext);
    const [held, free] = [makeGate(), makeGate()];
    const holder = testContext.system.transaction(async (tx) => {
      await lock(tx, partner.id);
      held.open();
      await free.passed;
    });
    await held.passed;
    let calls = 0;
    await testContext.system.transaction(async (tx) => {
      if (++calls === 2) free.open();
      await insertPartner(tx, { name: "Waits for a lock" });
      await lock(tx, partner.id);
    });
    await holder;

    expect(calls).toBe(2);
    expect(await partnersNamed(testContext, "Waits for a lock")).toBe(1);
  });
});

describe("a connection that is cut off", () => {
  it("while the work is under way has the work done again on another one, once", async () => {
    const connections: number[] = [];
    await testContext.system.transaction(async (tx) => {
      connections.push(await idOf(tx));
      await insertPartner(tx, { name: "Survives a cut" });
      if (connections.length === 1) await kill(connections[0] ?? 0);
      await tx.rows("SELECT 1");
    });
    expect(new Set(connections).size).toBe(2);
    expect(await partnersNamed(testContext, "Survives a cut")).toBe(1);
  });

  it("in the middle of a statement has the work done again too", async () => {
    const connections: number[] = [];
    await testContext.system.transaction(async (tx) => {
      connections.push(await idOf(tx));
      await insertPartner(tx, { name: "Cut in a statement" });
      if (connections.length > 1) return;
      setTimeout(() => void kill(connections[0] ?? 0), 100);
      await tx.rows("SELECT SLEEP(5)");
    });
    expect(connections).toHaveLength(2);
    expect(await partnersNamed(testContext, "Cut in a statement")).toBe(1);
  });

  it("just before the commit has an unknown outcome and is not repeated", async () => {
    let calls = 0;
    const cutOff = testContext.system.transaction(async (tx) => {
      calls++;
      // Nothing that either log tells of: the commit is all that is left to do.
      await beginStream(tx, "part_cut");
      await kill(await idOf(tx));
    });
    expect(await refusalOf(cutOff)).toBe("OUTCOME_UNKNOWN");
    expect(calls).toBe(1);
    expect(await testContext.count("organization_head", "organizationId = 'part_cut'")).toBe(0);
  });

  it("every time ends in SERVICE_UNAVAILABLE, and the pool still serves as many as before", async () => {
    let calls = 0;
    const hopeless = testContext.system.transaction(async (tx) => {
      calls++;
      await kill(await idOf(tx));
      await tx.rows("SELECT 1");
    });
    expect(await refusalOf(hopeless)).toBe("SERVICE_UNAVAILABLE");
    expect(calls).toBe(4);
    expect(await isolations(testContext, 5)).toHaveLength(5);
  });
});
