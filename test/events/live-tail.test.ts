import { setTimeout as pause } from "node:timers/promises";
import { LiveTail, type LiveTailOptions } from "../../src/events/live-tail";
import { type House, openHouse } from "../support/house";
import { aStream, follow, logReads, positions, range, take, write } from "./streams";
import { AT_ONCE_MS, within } from "../support/patience";

let house: House;
const tails: LiveTail[] = [];
beforeAll(async () => {
  house = await openHouse();
});
afterEach(() => tails.splice(0).forEach((tail) => tail.close()));
afterAll(() => house.close());

const NEVER = 60_000;

/** A tail of the test's own, that finds nothing by polling unless told to. */
function aTail(options: LiveTailOptions = {}) {
  const tail = new LiveTail((work) => house.database.read(work), { pollMs: NEVER, ...options });
  tails.push(tail);
  const ring = (organizationIds: string[]) => tail.ring(organizationIds);
  return { tail, ring };
}

describe("a listener", () => {
  it("gets what it missed first, then what happens, each once and in order", async () => {
    const { tail, ring } = aTail();
    const stream = await aStream(house);
    await write(house, [stream], ["1", "2", "3", "4"], ring);
    const listener = await follow(house, tail, stream, { after: 1 });
    await write(house, [stream], ["5"], ring);
    const taking = take(listener, 6);
    for (const word of ["6", "7"]) await write(house, [stream], [word], ring);
    expect(positions(await taking)).toEqual([2, 3, 4, 5, 6, 7]);
  });

  it("without a cursor gets only what is committed after it is in place", async () => {
    const { tail, ring } = aTail();
    const stream = await aStream(house);
    await write(house, [stream], ["before"], ring);
    const listener = await follow(house, tail, stream);
    await write(house, [stream], ["after"], ring);
    expect((await listener.next()).value).toMatchObject({ position: 2, companyName: "after" });
  });

  it("gets only the types that it asked for, and waits through the others", async () => {
    const { tail, ring } = aTail();
    const stream = await aStream(house);
    const listener = await follow(house, tail, stream, { types: ["invitation.declined"] });
    const next = listener.next();
    await write(house, [stream], ["1", "2", "3"], ring);
    const facts = {
      invitationId: "i",
      partnerId: "p",
      partnerName: "P",
      providerId: null,
      recipientEmail: null,
    };
    await house.system.transaction(async (tx) => {
      const answered = { ...facts, reusable: false, customerId: null, companyName: null, domain: null };
      tx.record("invitation.declined", answered, [stream]);
      return Promise.resolve();
    });
    tail.ring([stream]);
    expect((await next).value).toMatchObject({ position: 4, type: "invitation.declined" });
  });

  it("hears nothing of another organization", async () => {
    const { tail, ring } = aTail();
    const [stream, other] = [await aStream(house), await aStream(house)];
    const listener = await follow(house, tail, stream);
    await write(house, [other], ["not yours"], ring);
    tail.ring([stream]);
    await write(house, [stream], ["yours"], ring);
    expect(await take(listener, 1)).toMatchObject([{ organizationId: stream, companyName: "yours" }]);
  });
});

describe("a lost bell", () => {
  it("costs at most the poll interval", async () => {
    const { tail } = aTail({ pollMs: 100 });
    const stream = await aStream(house);
    const listener = await follow(house, tail, stream);
    await pause(150); // The poll has looked once and found nothing.
    const next = listener.next();
    await write(house, [stream], ["nobody rang"]);
    const startedAt = performance.now();
    expect((await next).value).toMatchObject({ companyName: "nobody rang" });
    expect(performance.now() - startedAt).toBeLessThan(within(100));
  });
});

describe("a listener that stops reading", () => {
  it("harms nobody, and reads on from the log when it comes back", async () => {
    const { tail, ring } = aTail({ kept: 20 });
    const stream = await aStream(house);
    const [stopped, other] = [await follow(house, tail, stream), await follow(house, tail, stream)];
    await write(house, [stream], ["first"], ring);
    expect(positions(await take(stopped, 1))).toEqual([1]);

    const heard = take(other, 501);
    for (const n of range(1, 50))
      await write(
        house,
        [stream],
        range(1, 10).map((part) => `${n}.${part}`),
        ring,
      );
    expect(positions(await heard)).toEqual(range(1, 501));
    expect(positions(await take(stopped, 500))).toEqual(range(2, 501));

    await write(house, [stream], ["live again"], ring);
    expect(positions([...(await take(stopped, 1)), ...(await take(other, 1))])).toEqual([502, 502]);
  });
});

describe("ending", () => {
  it("a listener that waits resolves its wait at once and frees the stream", async () => {
    const { tail } = aTail();
    const stream = await aStream(house);
    const listener = await follow(house, tail, stream);
    const waiting = listener.next();
    await pause(20);
    expect(tail.streamCount).toBe(1);
    const startedAt = performance.now();
    await listener.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(performance.now() - startedAt).toBeLessThan(AT_ONCE_MS);
    expect(tail.streamCount).toBe(0);
    expect(await listener.next()).toEqual({ done: true, value: undefined });
  });

  it("a listener twice, or before it ever read, counts once", async () => {
    const { tail } = aTail();
    const stream = await aStream(house);
    const [kept, left] = [await follow(house, tail, stream), await follow(house, tail, stream)];
    await left.return?.();
    await left.return?.();
    await left.next();
    expect(tail.streamCount).toBe(1);
    await kept.return?.();
    expect(tail.streamCount).toBe(0);
  });
});

describe("reading the log", () => {
  it("happens once for a new event, whatever the number of listeners", async () => {
    const { tail, ring } = aTail();
    const stream = await aStream(house);
    const listeners = await Promise.all(range(1, 100).map(() => follow(house, tail, stream)));
    for (const position of [1, 2, 3]) {
      const waiting = Promise.all(listeners.map((listener) => listener.next()));
      const before = logReads(house);
      await write(house, [stream], ["for everybody"], ring);
      const heard = (await waiting).map(({ value }) => (value as { position: number }).position);
      expect(heard).toEqual(Array(100).fill(position));
      expect(logReads(house) - before).toBe(1);
    }
  });

  it("happens at most twice for twenty bells at once", async () => {
    const { tail } = aTail();
    const stream = await aStream(house);
    const listener = await follow(house, tail, stream);
    await write(house, [stream], ["1", "2", "3"]);
    const before = logReads(house);
    for (let bell = 0; bell < 20; bell++) tail.ring([stream]);
    expect(positions(await take(listener, 3))).toEqual([1, 2, 3]);
    await pause(50);
    expect(logReads(house) - before).toBeLessThanOrEqual(2);
  });

  it("goes on after one bell until all of a large commit is read", async () => {
    const { tail, ring } = aTail();
    const stream = await aStream(house);
    const listener = await follow(house, tail, stream);
    await write(house, [stream], range(1, 450).map(String), ring);
    expect(positions(await take(listener, 450))).toEqual(range(1, 450));
  });

  it("does not happen for an organization that nobody listens to", async () => {
    const { tail, ring } = aTail({ pollMs: 20 });
    const stream = await aStream(house);
    await (await follow(house, tail, stream)).return?.();
    await write(house, [stream], ["nobody hears"], ring);
    const before = house.statements.length;
    await pause(100);
    expect(house.statements.length - before).toBe(0);
  });
});
