import { daysAfter } from "../../src/context/instant";
import type { Transaction } from "../../src/unit-of-work/transaction";
import { type House, openHouse } from "../support/house";
import { aPartner } from "../support/builders";
import { refusalOf } from "../support/refusals";
import { insertPartner, noted, partnersNamed } from "../database/rows";

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const once = (key: string | null, input: object = {}, operation = "makePartner") => ({
  operation,
  key,
  input,
});
const make = (name: string) => (tx: Transaction) => insertPartner(tx, { name });

describe("a call with an idempotency key", () => {
  it("made twice has one effect, and the second gets what the first got", async () => {
    const first = await house.system.transaction(make("Once"), once("key-1"));
    const second = await house.system.transaction(make("Once"), once("key-1"));
    expect(second).toEqual(first);
    expect(await partnersNamed(house, "Once")).toBe(1);
  });

  it("made twenty times at once has one effect, one event and one answer", async () => {
    const { partner } = await aPartner(house);
    const call = () =>
      house.system.transaction(async (tx) => {
        noted(tx, [partner.id]);
        return make("Twenty")(tx);
      }, once("key-20"));
    const answers = await Promise.all(Array.from({ length: 20 }, call));

    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await partnersNamed(house, "Twenty")).toBe(1);
    expect(await house.eventsOf(partner.id)).toHaveLength(1);
  });

  it("that fails leaves no record, so the same key may be used again", async () => {
    const before = await house.count("idempotency_record");
    const failing = house.system.transaction(async (tx) => {
      await make("Fails")(tx);
      throw new Error("no");
    }, once("key-fail"));
    await expect(failing).rejects.toThrow("no");
    expect(await house.count("idempotency_record")).toBe(before);

    await house.system.transaction(make("Works"), once("key-fail"));
    expect(await partnersNamed(house, "Works")).toBe(1);
    expect(await partnersNamed(house, "Fails")).toBe(0);
  });

  it("made twenty times at once, of which the first fails, still has one effect", async () => {
    let calls = 0;
    const call = () =>
      house.system.transaction(async (tx) => {
        const isFirst = ++calls === 1;
        await make("Second try")(tx);
        if (isFirst) throw new Error("the first fails");
      }, once("key-first-fails"));
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, call));

    expect(outcomes.filter(({ status }) => status === "rejected")).toMatchObject([
      { reason: { message: "the first fails" } },
    ]);
    expect(await partnersNamed(house, "Second try")).toBe(1);
  });

  it("whose use case returns nothing returns nothing again", async () => {
    let calls = 0;
    const call = () => house.system.transaction(async () => void calls++, once("key-void"));
    expect([await call(), await call()]).toEqual([undefined, undefined]);
    expect(calls).toBe(1);
  });

  it("is refused for another input or another operation", async () => {
    await house.system.transaction(make("Key of another"), once("key-reused", { name: "a" }));
    const otherInput = house.system.transaction(make("X"), once("key-reused", { name: "b" }));
    expect(await refusalOf(otherInput)).toBe("IDEMPOTENCY_KEY_REUSED");
    const otherCall = house.system.transaction(make("X"), once("key-reused", { name: "a" }, "other"));
    expect(await refusalOf(otherCall)).toBe("IDEMPOTENCY_KEY_REUSED");
    expect(await partnersNamed(house, "X")).toBe(0);
  });

  it("asks the same when the input's fields come in another order", async () => {
    const a = await house.system.transaction(make("Order"), once("key-order", { a: 1, b: { c: 2, d: 3 } }));
    const b = await house.system.transaction(make("Order"), once("key-order", { b: { d: 3, c: 2 }, a: 1 }));
    expect(b.id).toBe(a.id);
  });

  it("is a call of its own when another caller uses the same key", async () => {
    const { actor } = await aPartner(house);
    await house.system.transaction(make("Two callers"), once("key-shared"));
    await house.as(actor).transaction(make("Two callers"), once("key-shared"));
    expect(await partnersNamed(house, "Two callers")).toBe(2);
  });

  it("is remembered for a day and not longer", async () => {
    await house.system.transaction(make("A day"), once("key-day"));
    const start = house.clock.now;
    house.clock.now = daysAfter(start, 0.999);
    await house.system.transaction(make("A day"), once("key-day"));
    expect(await partnersNamed(house, "A day")).toBe(1);
    house.clock.now = daysAfter(start, 1);
    await house.system.transaction(make("A day"), once("key-day"));
    expect(await partnersNamed(house, "A day")).toBe(2);
    house.clock.now = start;
  });

  it("keeps neither key, input nor result readable in the database", async () => {
    const secret = "https://partners.example/invitation#a-token-shown-once";
    const call = () =>
      house.system.transaction(async () => ({ link: secret }), once("key-secret", { email: "a@b.example" }));
    await call();
    expect(await call()).toEqual({ link: secret });

    const rows = await house.database.read((reads) => reads.rows("SELECT * FROM idempotency_record"));
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
    const before = await house.count("idempotency_record");
    await house.system.transaction(make("Keyless"), once(null));
    await house.system.transaction(make("Keyless"), once(null));
    expect(await partnersNamed(house, "Keyless")).toBe(2);
    expect(await house.count("idempotency_record")).toBe(before);
  });
});
