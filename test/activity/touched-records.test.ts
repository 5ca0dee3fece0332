import { type TestContext, openTestContext } from "../support/test-context";
import { reportOn, tamper } from "./activity";
import { aLog, put, rehashed, remove, set, where } from "./tampering";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

describe("the first record that was touched is named", () => {
  const columns: [string, string][] = [
    ["id", "'act_00000000000000000000000000'"],
    ["occurredAt", "'2020-01-01T00:00:00.000Z'"],
    ["actorId", "'user_somebodyelse'"],
    ["actorName", "'somebody@else.example'"],
    ["operation", "'removeRelationship'"],
    ["outcome", "'REFUSED'"],
    ["errorCode", "'FORBIDDEN'"],
    ["resourceType", "'USER'"],
    ["resourceId", "NULL"],
    ["customerId", "NULL"],
    ["customerName", "'Somebody Else'"],
    ["customerNameKey", "'somebody else'"],
    ["oldValues", `'{"companyName":"Customer 2"}'`],
    ["oldValues", "NULL"],
    ["oldValues", "'no JSON'"],
    ["newValues", `'{"companyName":"Customer 5"}'`],
    ["requestId", "'another-request'"],
    ["previousHash", `'${"0".repeat(64)}'`],
    ["hash", `'${"0".repeat(64)}'`],
  ];
  it.each(columns)("when its %s was set to %s", async (column, value) => {
    const { id } = await aLog(testContext);
    await tamper(testContext, [set(id, 6, `${column} = ${value}`)]);
    const [touched] = (await testContext.database.read((reads) =>
      reads.rows<{ id: string }>(`SELECT id FROM activity_record ${where(id, 6)}`),
    )) as [{ id: string }];
    expect(await reportOn(testContext, id)).toMatchObject({
      records: 5,
      damage: { sequence: 6, id: touched.id, problem: expect.stringContaining("content changed") },
    });
  });

  it("also when it is the first, and when it is the newest", async () => {
    for (const sequence of [1, 10]) {
      const { id, log } = await aLog(testContext);
      await tamper(testContext, [set(id, sequence, "actorName = 'X'")]);
      const { damage } = await reportOn(testContext, id);
      expect(damage).toMatchObject({ sequence, id: log[sequence - 1]?.id });
    }
  });

  it("when two records changed places", async () => {
    const { id, log } = await aLog(testContext);
    await tamper(testContext, [
      set(id, 4, "sequence = 1000"),
      set(id, 7, "sequence = 4"),
      set(id, 1000, "sequence = 7"),
    ]);
    expect((await reportOn(testContext, id)).damage).toMatchObject({ sequence: 4, id: log[6]?.id });
  });

  it("when it was removed, though the next one has another number", async () => {
    const { id } = await aLog(testContext);
    await tamper(testContext, [remove(id, 4)]);
    expect((await reportOn(testContext, id)).damage).toEqual({
      sequence: 4,
      id: null,
      problem: "gap: this record is missing; the next one is 5",
    });
  });

  it("when it was removed and the others moved up", async () => {
    const { id, log } = await aLog(testContext);
    const moves = [5, 6, 7, 8, 9, 10].map((at) => set(id, at, `sequence = ${at - 1}`));
    await tamper(testContext, [remove(id, 4), ...moves]);
    expect((await reportOn(testContext, id)).damage).toMatchObject({ sequence: 4, id: log[4]?.id });
  });

  it("when several in the middle, or the first, were removed", async () => {
    const middle = await aLog(testContext);
    await tamper(
      testContext,
      [5, 6, 7].map((at) => remove(middle.id, at)),
    );
    expect((await reportOn(testContext, middle.id)).damage).toMatchObject({
      sequence: 5,
      problem: "gap: 3 records are missing from here; the next one is 8",
    });
    const first = await aLog(testContext);
    await tamper(testContext, [remove(first.id, 1)]);
    expect((await reportOn(testContext, first.id)).damage).toMatchObject({ sequence: 1, id: null });
  });

  it("when the newest ones were removed, or all of them", async () => {
    const some = await aLog(testContext);
    await tamper(testContext, [remove(some.id, 10), remove(some.id, 9)]);
    expect(await reportOn(testContext, some.id)).toMatchObject({
      records: 8,
      damage: { sequence: 9, id: null, problem: "missing at the end: the head counts 10 records" },
    });
    const all = await aLog(testContext);
    await tamper(testContext, [`DELETE FROM activity_record WHERE organizationId = '${all.id}'`]);
    expect((await reportOn(testContext, all.id)).damage).toMatchObject({ sequence: 1, id: null });
  });

  it("when one was added, before the first, at the end, or far beyond it", async () => {
    for (const [sequence, problem] of [
      [0, "record added"],
      [11, "record added"],
      [50, "gap"],
    ] as const) {
      const { id, log } = await aLog(testContext);
      const last = log[9];
      const forged = { ...last, sequence, id: `act_forged${sequence}`, previousHash: last.hash };
      await tamper(testContext, [put(rehashed(forged))]);
      const { damage } = await reportOn(testContext, id);
      expect(damage?.problem).toContain(problem);
      expect(damage?.sequence).toBe(Math.min(sequence, 11));
      expect(damage?.id).toBe(sequence === 50 ? null : forged.id);
    }
  });
});
