import { Deadline } from "../../src/context/deadline";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalsOf } from "../support/refusals";
import { makeGate } from "./gate";
import { insertPartner, partnersNamed } from "./rows";
import { within } from "../support/patience";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext({ poolSize: 2 });
});
afterAll(() => testContext.close());

/** Takes the only place that a transaction can have, until the gate opens: of two connections one is kept for reads. */
async function takeAllPlaces() {
  const gate = makeGate();
  const taken = makeGate();
  const over = testContext.system.transaction(async () => {
    taken.open();
    await gate.passed;
  });
  await taken.passed;
  return { release: gate.open, over };
}

describe("a database whose places are all taken", () => {
  it("answers SERVICE_BUSY at the deadline, has done nothing, and works again when a place is free", async () => {
    const { release, over } = await takeAllPlaces();
    const startedAt = performance.now();
    let started = 0;
    const waiting = Array.from({ length: 5 }, () =>
      refusalsOf(
        testContext.database.transact(async () => void started++, { deadline: new Deadline(1_000) }),
      ),
    );
    const refusals = await Promise.all(waiting);
    const waited = performance.now() - startedAt;

    expect(refusals.map(([refusal]) => refusal?.code)).toEqual(Array(5).fill("SERVICE_BUSY"));
    expect(refusals[0]?.[0]).toMatchObject({ kind: "UNAVAILABLE", details: { retryAfterSeconds: 1 } });
    expect(waited).toBeGreaterThan(900);
    expect(waited).toBeLessThan(within(1_000));
    expect(started).toBe(0);

    release();
    await over;
    await Promise.all(
      Array.from({ length: 8 }, () =>
        testContext.system.transaction((tx) => insertPartner(tx, { name: "After the rush" })),
      ),
    );
    expect(await partnersNamed(testContext, "After the rush")).toBe(8);
  });

  it("serves the one that waited as soon as a place is free", async () => {
    const { release, over } = await takeAllPlaces();
    const waiting = testContext.system.transaction((tx) => insertPartner(tx, { name: "Patient" }));
    setTimeout(release, 300);
    await Promise.all([over, waiting]);
    expect(await partnersNamed(testContext, "Patient")).toBe(1);
  });

  it("gives its place back when the work throws", async () => {
    for (let round = 0; round < 10; round++) {
      await expect(testContext.system.transaction(() => Promise.reject(new Error("no")))).rejects.toThrow(
        "no",
      );
      await expect(testContext.system.read(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    }
    await testContext.system.transaction((tx) => insertPartner(tx, { name: "Still served" }));
    expect(await partnersNamed(testContext, "Still served")).toBe(1);
  });
});

it("readers are served while all places of transactions are taken", async () => {
  const { release, over } = await takeAllPlaces();
  expect(await testContext.count("partner")).toBeGreaterThanOrEqual(0);
  release();
  await over;
});
