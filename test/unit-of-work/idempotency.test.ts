import { daysAfter } from "../../src/values/instant";
import type { Transaction } from "../../src/unit-of-work/transaction";
import { type TestContext, openTestContext } from "../support/test-context";
import { aPartner } from "../support/builders";
import { refusalOf } from "../support/refusals";
import { insertPartner, noted, partnersNamed } from "../database/rows";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const once = (key: string | null, input: object = {}, operation = "makePartner") => ({
  operation,
  key,
  input,
});
const make = (name: string) => (tx: Transaction) => insertPartner(tx, { name });

describe("a call with an idempotency key", () => {
  it("made twice has one effect, and the second gets what the first got", async () => {
    const first = await testContext.system.transaction(make("Once"), once("key-1"));
    const second = await testContext.system.transaction(make("Once"), once("key-1"));
    expect(second).toEqual(first);
    expect(await partnersNamed(testContext, "Once")).toBe(1);
  });

  it("made twenty times at once has one effect, one event and one answer", async () => {
    const { partner } = await aPartner(testContext);
    const call = () =>
      testContext.system.transaction(async (tx) => {
        noted(tx, [partner.id]);
        return make("Twenty")(tx);
      }, once("key-20"));
    const answers = await Promise.all(Array.from({ length: 20 }, call));

    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await partnersNamed(testContext, "Twenty")).toBe(1);
    expect(await testContext.eventsOf(partner.id)).toHaveLength(1);
  });

  it("that fails leaves no record, so the same key may be used again", async () => {
    const before = await testContext.count("idempotency_record");
    const failing = testContext.system.transaction(async (tx) => {
      await make("Fails")(tx);
      throw new Error("no");
    }, once("key-fail"));
    await expect(failing).rejects.toThrow("no");
    expect(await testContext.count("idempotency_record")).toBe(before);

    await testContext.system.transaction(make("Works"), once("key-fail"));
    expect(await partnersNamed(testContext, "Works")).toBe(1);
    expect(await partnersNamed(testContext, "Fails")).toBe(0);
  });

  it("made twenty times at once, of which the first fails, still has one effect", async () => {
    let calls = 0;
    const call = () =>
      testContext.system.transaction(async (tx) => {
        const isFirst = ++calls === 1;
        await make("Second try")(tx);
        if (isFirst) throw new Error("the first fails");
      }, once("key-first-fails"));
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, call));

    expect(outcomes.filter(({ status }) => status === "rejected")).toMatchObject([
      { reason: { message: "the first fails" } },
    ]);
    expect(await partnersNamed(testContext, "Second try")).toBe(1);
  });

  it("whose use case returns nothing returns nothing again", async () => {
    let calls = 0;
    const call = () => testContext.system.transaction(async () => void calls++, once("key-void"));
    expect([await call(), await call()]).toEqual([undefined, undefined]);
    expect(calls).toBe(1);
  });

  it("is refused for another input or another operation", async () => {
    await testContext.system.transaction(make("Key of another"), once("key-reused", { name: "a" }));
    const otherInput = testContext.system.transaction(make("X"), once("key-reused", { name: "b" }));
    expect(await refusalOf(otherInput)).toBe("IDEMPOTENCY_KEY_REUSED");
    const otherCall = testContext.system.transaction(make("X"), once("key-reused", { name: "a" }, "other"));
    expect(await refusalOf(otherCall)).toBe("IDEMPOTENCY_KEY_REUSED");
    expect(await partnersNamed(testContext, "X")).toBe(0);
  });

  it("asks the same when the input's fields come in another order", async () => {
    const a = await testContext.system.transaction(
      make("Order"),
      once("key-order", { a: 1, b: { c: 2, d: 3 } }),
    );
    const b = await testContext.system.transaction(
      make("Order"),
      once("key-order", { b: { d: 3, c: 2 }, a: 1 }),
    );
    expect(b.id).toBe(a.id);
  });

  it("is a call of its own when another caller uses the same key", async () => {
    const { actor } = await aPartner(testContext);
    await testContext.system.transaction(make("Two callers"), once("key-shared"));
    await testContext.as(actor).transaction(make("Two callers"), once("key-shared"));
    expect(await partnersNamed(testContext, "Two callers")).toBe(2);
  });

  it("is remembered for a day and not longer", async () => {
    await testContext.system.transaction(make("A day"), once("key-day"));
    const start = testContext.clock.now;
    testContext.clock.now = daysAfter(start, 0.999);
    await testContext.system.transaction(make("A day"), once("key-day"));
    expect(await partnersNamed(testContext, "A day")).toBe(1);
    testContext.clock.now = daysAfter(start, 1);
    await testContext.system.transaction(make("A day"), once("key-day"));
    expect(await partnersNamed(testContext, "A day")).toBe(2);
    testContext.clock.now = start;
  });

  it("keeps neither key, input nor result readable in the database", async () => {
    const secret = "https://partners.example/invitation#a-token-shown-once";
    const call = () =>
      testContext.system.transaction(
        async () => ({ link: secret }),
        once("key-secret", { email: "a@b.example" }),
      );
    await call();
    expect(await call()).toEqual({ link: secret });

    const rows = await testContext.database.read((reads) => reads.rows("SELECT * FROM idempotency_record"));
    const stored = JSON.stringify(rows);
    const spellings = (text: string) =>
      ["utf8", "base64", "hex"].map((form) => Buffer.from(text).toString(form as "hex"));
    for (const text of [secret, "a-token-shown-once", "key-secret", "a@b.example"]) {
      for (const spelling of spellings(text)) expect(stored).not.toContain(spelling);
    }
  });
});

describe("a call without an idempotency key", () => {
  it("has its effect each time and leaves no record", async () => {
    const before = await testContext.count("idempotency_record");
    await testContext.system.transaction(make("Keyless"), once(null));
    await testContext.system.transaction(make("Keyless"), once(null));
    expect(await partnersNamed(testContext, "Keyless")).toBe(2);
    expect(await testContext.count("idempotency_record")).toBe(before);
  });
});
