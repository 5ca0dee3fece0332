import { Partner } from "../../entities/partners/partner";
import { sql } from "../../src/database/sql";
import type { Transaction } from "../../src/unit-of-work/transaction";
import { aPartner } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";
import { follow } from "../events/streams";
import { makeGate } from "../database/gate";
import { aPartnerRow, insertPartner, noted, partnersNamed } from "../database/rows";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const insert = (tx: Transaction, name: string) => insertPartner(tx, { name });

describe("a use case that throws", () => {
  it("leaves no row and no event", async () => {
    const { partner } = await aPartner(testContext);
    const failing = testContext.system.transaction(async (tx) => {
      await insert(tx, "Undone");
      noted(tx, [partner.id]);
      throw new Error("the policy says no");
    });

    await expect(failing).rejects.toThrow("the policy says no");
    expect(await partnersNamed(testContext, "Undone")).toBe(0);
    expect(await testContext.eventsOf(partner.id)).toEqual([]);
  });

  it("rings no bell, and the next one's event takes the first place", async () => {
    const { partner } = await aPartner(testContext);
    const live = await follow(testContext, testContext.services.tail, partner.id);
    const failing = testContext.system.transaction(async (tx) => {
      noted(tx, [partner.id], "never happened");
      await Promise.resolve();
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    await testContext.system.transaction(async (tx) => noted(tx, [partner.id], "happened"));

    expect((await live.next()).value).toMatchObject({ position: 1, companyName: "happened" });
    await live.return?.();
  });
});

describe("two transactions at once", () => {
  it("never see each other's work, and a reader sees only what is committed", async () => {
    const [aWrote, aMayCommit] = [makeGate(), makeGate()];
    const a = testContext.system.transaction(async (tx) => {
      await insert(tx, "Of A");
      expect(await tx.count(sql`FROM partner WHERE name = 'Of A'`)).toBe(1);
      aWrote.open();
      await aMayCommit.passed;
    });
    await aWrote.passed;

    const bStarted = makeGate();
    let seenByB: number | undefined;
    const b = testContext.system.transaction(async (tx) => {
      seenByB ??= await tx.count(sql`FROM partner WHERE name = 'Of A'`);
      await insert(tx, "Of B");
      bStarted.open();
    });
    if (testContext.database.family === "mysql") await bStarted.passed;
    expect(await partnersNamed(testContext, "Of A")).toBe(0);
    aMayCommit.open();
    await Promise.all([a, b]);

    // On SQLite the second waits for the only writer, so it begins after the first has committed.
    expect(seenByB).toBe(testContext.database.family === "mysql" ? 0 : 1);
    expect(await partnersNamed(testContext, "Of A")).toBe(1);
    expect(await partnersNamed(testContext, "Of B")).toBe(1);
  });

  it("are undone each for itself: the rollback of one takes nothing from the other", async () => {
    const [aWrote, bDone] = [makeGate(), makeGate()];
    const a = testContext.system.transaction(async (tx) => {
      await insert(tx, "Rolled back");
      aWrote.open();
      if (testContext.database.family === "mysql") await bDone.passed;
      throw new Error("A fails");
    });
    await aWrote.passed;
    const b = testContext.system
      .transaction(async (tx) => {
        await insert(tx, "Kept");
        return tx.count(sql`FROM partner WHERE name = 'Rolled back'`);
      })
      .finally(bDone.open);

    await expect(a).rejects.toThrow("A fails");
    expect(await b).toBe(0);
    expect(await partnersNamed(testContext, "Kept")).toBe(1);
    expect(await partnersNamed(testContext, "Rolled back")).toBe(0);
  });

  it("keep all of 30 increments of one row, none lost", async () => {
    const { partner } = await aPartner(testContext, { name: "0" });
    const increment = () =>
      testContext.system.transaction(async (tx) => {
        const row = await tx.get(Partner, tx.locked(sql`FROM partner WHERE id = ${partner.id}`));
        await tx.update(Partner, row, { name: String(Number(row.name) + 1) });
      });
    await Promise.all(Array.from({ length: 30 }, increment));

    expect(await testContext.count("partner", `id = '${partner.id}' AND name = '30' AND version = 31`)).toBe(
      1,
    );
  });
});

describe("work that the database undid", () => {
  const undone = () => Object.assign(new Error("Deadlock found"), { code: "ER_LOCK_DEADLOCK", errno: 1213 });

  it("is called again in a new transaction that knows nothing of the first", async () => {
    const { partner } = await aPartner(testContext);
    const transactions = new Set<Transaction>();
    const seen: number[] = [];
    await testContext.system.transaction(async (tx) => {
      transactions.add(tx);
      seen.push(await tx.count(sql`FROM partner WHERE name = 'Tried'`));
      await insert(tx, "Tried");
      noted(tx, [partner.id]);
      if (transactions.size < 3) throw undone();
    });

    expect(transactions.size).toBe(3);
    expect(seen).toEqual([0, 0, 0]);
    expect(await partnersNamed(testContext, "Tried")).toBe(1);
    expect(await testContext.eventsOf(partner.id)).toHaveLength(1);
  });

  it("is repeated at most seven times; then the service is busy and nothing was done", async () => {
    let calls = 0;
    const hopeless = testContext.system.transaction(async (tx) => {
      calls++;
      await insert(tx, "Hopeless");
      throw undone();
    });

    expect((await refusalsOf(hopeless))[0]).toMatchObject({
      code: "SERVICE_BUSY",
      kind: "UNAVAILABLE",
      details: { retryAfterSeconds: 1 },
    });
    expect(calls).toBe(8);
    expect(await partnersNamed(testContext, "Hopeless")).toBe(0);
  });

  it("is not repeated when it failed for a reason of its own", async () => {
    let calls = 0;
    const failing = testContext.system.transaction(async () => {
      calls++;
      await Promise.resolve();
      throw new Error("wrong");
    });
    await expect(failing).rejects.toThrow("wrong");
    expect(calls).toBe(1);
  });
});

describe("a race for a unique value", () => {
  it("is tried again by the loser, who then sees the winner's row", async () => {
    const tenantId = "race-for-a-tenant";
    const [aWrote, aMayCommit] = [makeGate(), makeGate()];
    let callsOfB = 0;
    const findOrMake = async (tx: Transaction) => {
      const there = await tx.one(Partner, sql`FROM partner WHERE tenantId = ${tenantId}`);
      return there ?? insertPartner(tx, { tenantId });
    };
    const a = testContext.system.transaction(async (tx) => {
      const made = await findOrMake(tx);
      aWrote.open();
      await aMayCommit.passed;
      return made;
    });
    await aWrote.passed;
    const b = testContext.system.transaction((tx) => {
      callsOfB++;
      return findOrMake(tx);
    });
    setTimeout(aMayCommit.open, 100);

    expect((await b).id).toBe((await a).id);
    expect(callsOfB).toBe(testContext.database.family === "mysql" ? 2 : 1);
    expect(await testContext.count("partner", `tenantId = '${tenantId}'`)).toBe(1);
  });

  it("that cannot be won ends, and leaves nothing", async () => {
    const { partner } = await aPartner(testContext);
    let calls = 0;
    const hopeless = testContext.system.transaction(async (tx) => {
      calls++;
      await insert(tx, "Before the duplicate");
      await insertPartner(tx, { tenantId: partner.tenantId });
    });
    await expect(hopeless).rejects.toThrow();
    expect(calls).toBeGreaterThan(1);
    expect(calls).toBeLessThanOrEqual(4);
    expect(await partnersNamed(testContext, "Before the duplicate")).toBe(0);
  });
});

describe("a change of a row that somebody else changed meanwhile", () => {
  it("is refused and names the version that the row has now", async () => {
    const { partner } = await aPartner(testContext);
    const change = (name: string) =>
      testContext.system.transaction((tx) => tx.update(Partner, { ...partner }, { name }));
    await change("First");
    const [refusal] = await refusalsOf(change("Second"));

    expect(refusal).toMatchObject({ code: "STALE_VERSION", details: { currentVersion: 2 } });
    expect(
      await testContext.count("partner", `id = '${partner.id}' AND name = 'First' AND version = 2`),
    ).toBe(1);
  });

  it("of a row that is gone is refused too", async () => {
    const change = testContext.system.transaction((tx) =>
      tx.update(Partner, aPartnerRow({}), { name: "Ghost" }),
    );
    expect(await refusalOf(change)).toBe("STALE_VERSION");
  });
});
