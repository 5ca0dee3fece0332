import { setImmediate as nextTurn } from "node:timers/promises";
import { verifyActivityLog } from "../../src/activity/verify-activity-log";
import { aPartner } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { reportOn, tamper } from "./activity";
import { aLog, put, rehashed, remove } from "./tampering";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

describe("a log that nobody touched", () => {
  it("is whole, with the count and hash of its head", async () => {
    const { id, log } = await aLog(testContext);
    expect(await reportOn(testContext, id)).toEqual({
      organizationId: id,
      records: 10,
      headHash: log[9]?.hash,
    });
  });

  it("is whole also when it is empty, and when the others are looked at with it", async () => {
    const { id } = await aLog(testContext);
    const found = new Map<string, boolean>();
    for await (const { organizationId, damage } of verifyActivityLog(testContext.system))
      found.set(organizationId, damage === undefined);
    expect(found.get(id)).toBe(true);
    expect([...found.values()]).not.toContain(false);
    expect([...found.keys()]).toEqual([...found.keys()].sort());
    expect(found.size).toBe(await testContext.count("organization_head"));
  });

  it("is whole however many batches it has, and none of them is large", async () => {
    const { id } = await aLog(testContext);
    const { actor } = await aPartner(testContext);
    const record = { errorCode: "X", resourceType: null, resourceId: null, customerId: null };
    await testContext.as({ ...actor, partnerId: id }).transaction(
      async (tx) => {
        for (let at = 0; at < 1_300; at++) tx.recordRefusedAttempt(record);
        return Promise.resolve();
      },
      { operation: "many" },
    );
    testContext.statements.length = 0;
    expect(await reportOn(testContext, id)).toMatchObject({ records: 1_310 });
    expect(testContext.statements.filter((sql) => sql.includes("LIMIT 500"))).toHaveLength(3);
  });

  it("is whole while it is being written", async () => {
    const { id, log } = await aLog(testContext);
    const { actor } = await aPartner(testContext);
    const record = { errorCode: "X", resourceType: null, resourceId: null, customerId: null };
    let writing = true;
    const writer = (async () => {
      for (let at = 0; at < 40; at++)
        await testContext
          .as({ ...actor, partnerId: id })
          .transaction(async (tx) => tx.recordRefusedAttempt(record), { operation: "meanwhile" });
      writing = false;
    })();
    const reports = [];
    while (writing) {
      reports.push(await reportOn(testContext, id));
      await nextTurn();
    }
    await writer;
    expect(reports.length).toBeGreaterThan(2);
    for (const { damage, records } of reports) {
      expect(damage).toBeUndefined();
      expect(records).toBeGreaterThanOrEqual(log.length);
    }
  });
});

describe("a forger who knows the recipe", () => {
  it("is found at the next record, which continues another hash", async () => {
    const { id, log } = await aLog(testContext);
    const forged = rehashed({ ...log[4], actorName: "scapegoat@partner.example" });
    await tamper(testContext, [remove(id, 5), put(forged)]);
    expect((await reportOn(testContext, id)).damage).toMatchObject({
      sequence: 6,
      id: log[5]?.id,
      problem: expect.stringContaining("link broken: this record, or the one before it"),
    });
  });

  it("is found at the newest record, whose hash the head names", async () => {
    const { id, log } = await aLog(testContext);
    const forged = rehashed({ ...log[9], actorName: "scapegoat@partner.example" });
    await tamper(testContext, [remove(id, 10), put(forged)]);
    expect((await reportOn(testContext, id)).damage).toMatchObject({
      sequence: 10,
      id: log[9]?.id,
      problem: "link broken: the head names another hash for this record",
    });
  });

  it("is found when only the head was turned back or removed", async () => {
    const back = await aLog(testContext);
    await tamper(testContext, [
      `UPDATE organization_head SET lastSequence = 9, lastHash = '${back.log[8]?.hash}' WHERE organizationId = '${back.id}'`,
    ]);
    expect((await reportOn(testContext, back.id)).damage).toMatchObject({
      sequence: 10,
      id: back.log[9]?.id,
    });
    const gone = await aLog(testContext);
    await tamper(testContext, [`DELETE FROM organization_head WHERE organizationId = '${gone.id}'`]);
    expect((await reportOn(testContext, gone.id)).damage?.problem).toContain("head was removed");
    const found: string[] = [];
    for await (const { organizationId, damage } of verifyActivityLog(testContext.system))
      if (damage) found.push(organizationId);
    expect(found).toContain(gone.id);
  });

  it("cannot hide behind another organization's records", async () => {
    const [one, other] = [await aLog(testContext), await aLog(testContext)];
    await tamper(testContext, [remove(one.id, 5), put({ ...other.log[4], organizationId: one.id })]);
    expect((await reportOn(testContext, one.id)).damage).toMatchObject({ sequence: 5, id: other.log[4]?.id });
    expect((await reportOn(testContext, other.id)).damage).toBeUndefined();
  });
});
