import { readHeads } from "../../src/events/event-log";
import { type TestContext, openTestContext } from "../support/test-context";
import { noted } from "../database/rows";
import { aStream, positions, range, write } from "./streams";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

describe("an organization's stream", () => {
  it("has no gap and no repeat after 50 transactions at once, and a rolled back one leaves nothing in it", async () => {
    const streams = await Promise.all(range(1, 5).map(() => aStream(testContext)));
    const audienceOf = (n: number) =>
      streams.filter((_, at) => (n >> (at % 4)) % 2 === at % 2).sort(() => (n % 2 ? 1 : -1));
    const transactions = range(1, 50).map((n) =>
      testContext.system.transaction(async (tx) => {
        for (const part of range(1, 1 + (n % 3))) noted(tx, audienceOf(n), `${n}.${part}`);
        await tx.rows("SELECT 1");
        if (n % 7 === 0) throw new Error("rolled back");
      }),
    );
    const outcomes = await Promise.allSettled(transactions);
    expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(7);

    for (const stream of streams) {
      const events = await testContext.eventsOf(stream);
      const committed = range(1, 50).filter((n) => n % 7 !== 0 && audienceOf(n).includes(stream));
      const words = committed.flatMap((n) => range(1, 1 + (n % 3)).map((part) => `${n}.${part}`));
      expect(positions(events)).toEqual(range(1, words.length));
      expect(events.map((event) => "companyName" in event && event.companyName).sort()).toEqual(words.sort());
      expect(
        await testContext.count(
          "organization_head",
          `organizationId = '${stream}' AND lastPosition = ${words.length}`,
        ),
      ).toBe(1);
    }
    // What two organizations both hear, they hear in the same order.
    const ids = await Promise.all(
      streams.map(async (stream) => (await testContext.eventsOf(stream)).map(({ id }) => id)),
    );
    for (const one of ids) {
      for (const other of ids) {
        const common = one.filter((id) => other.includes(id));
        expect(other.filter((id) => common.includes(id))).toEqual(common);
      }
    }
  });

  it("keeps the events of one transaction together and in the order in which they were recorded", async () => {
    const stream = await aStream(testContext);
    const words = (n: number) => range(1, 4).map((part) => `${n}.${part}`);
    await Promise.all(range(1, 15).map((n) => write(testContext, [stream], words(n))));

    const heard = (await testContext.eventsOf(stream)).map((event) =>
      "companyName" in event ? event.companyName : "",
    );
    const order = [0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56].map((at) =>
      Number(heard[at]?.split(".")[0]),
    );
    expect(heard).toEqual(order.flatMap(words));
    expect(order.sort((a, b) => a - b)).toEqual(range(1, 15));
  });

  it("gets an event once though the audience names the organization twice, and nobody's null hurts", async () => {
    const stream = await aStream(testContext);
    await testContext.system.transaction(async (tx) => {
      const customer = { customerId: stream, companyName: "Twice", domain: "d.example" };
      const relationship = { relationshipId: "r", partnerName: "P", invitationId: null };
      tx.record("relationship.removed", { ...relationship, ...customer, partnerId: stream });
      const draft = { partnerName: "P", recipientEmail: null, reusable: false };
      tx.record("invitation.sent", { ...draft, invitationId: "i", partnerId: stream, providerId: null });
      return Promise.resolve();
    });
    expect(positions(await testContext.eventsOf(stream))).toEqual([1, 2]);
  });

  it("gets each event with the same id as the other organizations, and its own cursor", async () => {
    const streams = [await aStream(testContext), await aStream(testContext)];
    await write(testContext, streams.slice(0, 1));
    await write(testContext, streams, ["both"]);
    const [one, other] = await Promise.all(
      streams.map(async (stream) => (await testContext.eventsOf(stream)).at(-1)),
    );
    expect(one?.id).toBe(other?.id);
    expect([one?.position, other?.position]).toEqual([2, 1]);
    expect(one?.cursor).not.toBe(other?.cursor);
    expect(one).toMatchObject({ occurredAt: testContext.clock.now, actorId: "system", requestId: "writer" });
  });
});

it("the heads of more streams than a statement takes values are found all the same", async () => {
  const stream = await aStream(testContext);
  const unknown = range(1, 66_000).map((n) => `partner_${n}`);
  const heads = await testContext.database.read((reads) => readHeads(reads, [...unknown, stream]));
  expect([...heads]).toEqual([[stream, 0]]);
});

describe("a transaction whose audience has no stream", () => {
  it("fails as a whole, and the others of the audience hear nothing", async () => {
    const stream = await aStream(testContext);
    const before = await testContext.count("event");
    await expect(write(testContext, [stream, "part_nobody"])).rejects.toThrow("no event stream");
    expect(await testContext.eventsOf(stream)).toEqual([]);
    expect(await testContext.count("event")).toBe(before);

    await write(testContext, [stream]);
    expect(positions(await testContext.eventsOf(stream))).toEqual([1]);
  });
});
