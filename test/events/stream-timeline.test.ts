import { OrganizationHead } from "../../entities/events/organization-head";
import type { UseCaseContext } from "../../src/unit-of-work/use-case-context";
import { sql } from "../../src/database/sql";
import type { DomainError } from "../../src/errors/domain-error";
import { CursorAhead, eventCursor, readCursor } from "../../src/events/event-cursor";
import { readCurrentEndsOf } from "../../src/events/event-log";
import { followEvents, newestEventCursor } from "../../src/events/follow-events";
import { listEvents } from "../../src/events/list-events";
import { LiveTail } from "../../src/events/live-tail";
import { renewTimelines, settleAhead } from "../../src/events/stream-timeline";
import { aPartner } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalsOf } from "../support/refusals";
import { AgentRole } from "../../entities/identity/user";
import { follow, positions, range, take, write } from "./streams";

let testContext: TestContext;
const told: object[] = [];
beforeAll(async () => {
  testContext = await openTestContext();
  testContext.services.log = { error: (facts: object) => told.push(facts) } as never;
});
afterAll(() => testContext.close());
beforeEach(() => told.splice(0));

/** A partner whose stream holds so many events, and somebody who reads them. */
async function aReader(events: number): Promise<{ id: string; ctx: UseCaseContext }> {
  const { partner, actor } = await aPartner(testContext, {}, { agent: [AgentRole.ADMIN_AGENT] });
  const already = await headOf(partner.id);
  if (already.lastPosition > 0) throw new Error("The stream of a new partner is not empty.");
  await write(testContext, [partner.id], range(1, events).map(String));
  return { id: partner.id, ctx: testContext.as(actor) };
}

const headOf = (organizationId: string) =>
  testContext.database.read((reads) =>
    reads.get(OrganizationHead, sql`FROM organization_head WHERE organizationId = ${organizationId}`),
  );

/** What an operator does by putting an older copy in the place of the database, as far as one stream is concerned. */
async function setBack(organizationId: string, lastPosition: number): Promise<void> {
  await testContext.system.transaction(async (tx) => {
    await tx.execute(
      sql`DELETE FROM event WHERE organizationId = ${organizationId} AND position > ${lastPosition}`,
    );
    await tx.execute(
      sql`UPDATE organization_head SET lastPosition = ${lastPosition} WHERE organizationId = ${organizationId}`,
    );
  });
}

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  return (await refusalsOf(promise))[0]?.code;
}

describe("a stream whose database was never restored", () => {
  it("gives out the cursors of 0.1.0, so that both versions take each other's during an upgrade", async () => {
    const { id, ctx } = await aReader(2);
    const { nodes } = await listEvents(ctx, {});
    expect(nodes.map(({ cursor }) => cursor)).toEqual([eventCursor(id, 1), eventCursor(id, 2)]);
    expect(Buffer.from(nodes[1]?.cursor ?? "", "base64url").toString()).toMatch(/^part_\w+:2:[\w-]{8}$/);
    expect(await newestEventCursor(ctx)).toBe(eventCursor(id, 2));
  });
});

describe("after a restore that the operator told of", () => {
  it("every cursor from before is refused, and says from where to go on", async () => {
    const { id, ctx } = await aReader(3);
    expect(await renewTimelines(testContext.system)).toBeGreaterThan(0);
    await write(testContext, [id], ["after"]);
    for (const position of [0, 1, 3, 4, 900]) {
      const after = eventCursor(id, position);
      for (const endpoint of [listEvents(ctx, { after }), followEvents(ctx, { after })]) {
        const [refusal] = await refusalsOf(endpoint);
        expect(refusal).toMatchObject({
          code: "EVENTS_CURSOR_FROM_BEFORE_RESTORE",
          kind: "INVALID",
          field: "after",
        });
        const { oldestCursor, newestCursor } = refusal?.details ?? {};
        expect((await listEvents(ctx, { after: oldestCursor })).nodes).toHaveLength(4);
        expect((await listEvents(ctx, { after: newestCursor })).nodes).toEqual([]);
        expect((await followEvents(ctx, { after: newestCursor })).after).toBe(4);
      }
    }
    expect(told).toEqual([]);
  });

  it("new cursors are of the new timeline at every endpoint, until the next restore", async () => {
    const { id, ctx } = await aReader(2);
    await renewTimelines(testContext.system);
    const { nodes } = await listEvents(ctx, {});
    const cursor = nodes[0]?.cursor ?? "";
    expect(readCursor(id, cursor)).toMatchObject({ position: 1 });
    expect((await listEvents(ctx, { after: cursor })).nodes.map(({ position }) => position)).toEqual([2]);
    expect(await newestEventCursor(ctx)).toBe(nodes[1]?.cursor);
    await renewTimelines(testContext.system);
    expect(await codeOf(listEvents(ctx, { after: cursor }))).toBe("EVENTS_CURSOR_FROM_BEFORE_RESTORE");
  });

  it("a cursor that is damaged or made up is none, and sets nothing off", async () => {
    const { id, ctx } = await aReader(2);
    await renewTimelines(testContext.system);
    const { timeline } = await headOf(id);
    const cursor = (await newestEventCursor(ctx)) ?? "";
    for (let length = 0; length < cursor.length; length++)
      expect(await codeOf(listEvents(ctx, { after: cursor.slice(0, length) }))).toBe("EVENTS_CURSOR_INVALID");
    // What cursors show of a timeline does not suffice to make one.
    const shown = timeline.slice(0, 8);
    const madeUp = [eventCursor(id, 900, shown), eventCursor(id, 900, `${shown}${"A".repeat(14)}`)];
    for (const after of madeUp)
      expect(await codeOf(listEvents(ctx, { after }))).toBe("EVENTS_CURSOR_INVALID");
    expect((await headOf(id)).timeline).toBe(timeline);
    const { id: other } = await aReader(1);
    expect(await codeOf(listEvents(ctx, { after: eventCursor(other, 1, timeline) }))).toBe(
      "EVENTS_CURSOR_FOREIGN",
    );
  });
});

describe("a stream that is behind a cursor that it gave out", () => {
  it.each([["list"], ["follow"]])(
    "was set back: the cursor is refused, also when the stream has grown beyond it (%s)",
    async (endpoint) => {
      const { id, ctx } = await aReader(10);
      const ask = (after: string) =>
        endpoint === "list" ? listEvents(ctx, { after }) : followEvents(ctx, { after });
      await setBack(id, 4);
      const [refusal] = await refusalsOf(ask(eventCursor(id, 10)));
      expect(refusal).toMatchObject({ code: "EVENTS_CURSOR_AHEAD", field: "after" });
      expect(told).toEqual([{ organizationId: id, position: 10, lastPosition: 4 }]);
      expect((await headOf(id)).restoredAt).toBe(testContext.clock.now);
      await write(testContext, [id], range(5, 20).map(String));
      for (const position of [10, 9, 4, 2])
        expect(await codeOf(ask(eventCursor(id, position)))).toBe("EVENTS_CURSOR_FROM_BEFORE_RESTORE");
      const again = refusal?.details?.newestCursor ?? "";
      expect((await listEvents(ctx, { after: again })).nodes.map(({ position }) => position)).toEqual(
        range(5, 20),
      );
      expect(told).toHaveLength(1);
    },
  );

  it("gets one new timeline, however many notice it at once", async () => {
    const { id, ctx } = await aReader(5);
    await setBack(id, 1);
    const codes = await Promise.all(
      range(1, 8).map(() => codeOf(listEvents(ctx, { after: eventCursor(id, 5) }))),
    );
    expect(codes.filter((code) => code === "EVENTS_CURSOR_AHEAD")).toHaveLength(1);
    expect(codes.filter((code) => code === "EVENTS_CURSOR_FROM_BEFORE_RESTORE")).toHaveLength(7);
    expect(told).toHaveLength(1);
  });

  it("is left alone where only this node lags, and the cursor is good", async () => {
    const { id, ctx } = await aReader(3);
    const late = { lastPosition: 1, forgottenPosition: 0, timeline: "" };
    expect(await settleAhead(ctx, new CursorAhead(id, 3, late))).toMatchObject({
      lastPosition: 3,
      timeline: "",
    });

    /** The first read of the stream is late, as on a node that has not applied what others committed. */
    const lagging = (asLate: unknown): UseCaseContext => {
      let reads = 0;
      const read: UseCaseContext["read"] = (work) =>
        reads++ === 0 ? Promise.resolve(asLate as never) : ctx.read(work);
      return { ...ctx, actor: ctx.actor, read };
    };
    const after = eventCursor(id, 3);
    expect((await followEvents(lagging(late), { after })).after).toBe(3);
    expect((await listEvents(lagging({ events: [], ends: late }), { after })).nodes).toEqual([]);
    expect(await headOf(id)).toMatchObject({ timeline: "", restoredAt: null });
    expect(told).toEqual([]);
  });

  it("is read as the database has it now, with the words that this kind of database understands", async () => {
    const { id } = await aReader(2);
    const read = testContext.statements.length;
    const ends = await testContext.database.read((reads) => readCurrentEndsOf(reads, id));
    expect(ends).toEqual({ lastPosition: 2, forgottenPosition: 0, timeline: "" });
    // A second statement would be the one without the wait.
    expect(testContext.statements.slice(read)).toHaveLength(1);
  });
});

describe("listeners on a node", () => {
  const aTail = () =>
    new LiveTail((work) => testContext.database.read(work), {
      pollMs: 20,
      settleAhead: (ahead) => settleAhead(testContext.as({ kind: "SYSTEM" }), ahead),
    });
  const refusalOf = (next: Promise<unknown>) =>
    next.then(
      () => undefined,
      (error: unknown) => error as DomainError,
    );

  it("that hear nothing are ended when the stream gets a new timeline, and those that come then are served", async () => {
    const { id } = await aReader(2);
    const tail = aTail();
    const [early, slow] = [
      await follow(testContext, tail, id),
      await follow(testContext, tail, id, { after: 0 }),
    ];
    const waiting = refusalOf(early.next());
    await renewTimelines(testContext.system);
    expect(await waiting).toMatchObject({ code: "EVENTS_CURSOR_FROM_BEFORE_RESTORE" });
    expect(await refusalOf(slow.next())).toMatchObject({ code: "EVENTS_CURSOR_FROM_BEFORE_RESTORE" });
    const fresh = await follow(testContext, tail, id);
    expect(tail.streamCount).toBe(1);
    await Promise.all([early.return?.(), slow.return?.()]);
    expect(tail.streamCount).toBe(1);
    await write(testContext, [id], ["heard"], (ids) => tail.notify(ids));
    expect(positions(await take(fresh, 1))).toEqual([3]);
    await fresh.return?.();
    expect(tail.streamCount).toBe(0);
    tail.close();
  });

  it("are ended when the database was set back under the running server, and never skip what comes instead", async () => {
    const { id } = await aReader(6);
    const tail = aTail();
    const listener = await follow(testContext, tail, id);
    const waiting = refusalOf(listener.next());
    await setBack(id, 2);
    expect(await waiting).toMatchObject({ code: "EVENTS_CURSOR_AHEAD" });
    expect(told).toEqual([{ organizationId: id, position: 6, lastPosition: 2 }]);
    await listener.return?.();
    tail.close();
  });

  it("of another timeline than the stream's are refused, also where this node has not seen that yet", async () => {
    const { id, ctx } = await aReader(1);
    const tail = new LiveTail((work) => testContext.database.read(work), { pollMs: 60_000 });
    const before = await tail.join(id, () => undefined);
    const old = await followEvents(ctx, {});
    await renewTimelines(testContext.system);
    const { timeline } = await followEvents(ctx, {});
    const joined = await tail.join(id, () => undefined, timeline);
    expect(() => before.eventsAfter(1)).toThrow("restored from an older copy");
    expect(await joined.eventsAfter(0)).toMatchObject([{ position: 1 }]);
    expect(await codeOf(tail.join(id, () => undefined, old.timeline))).toBe(
      "EVENTS_CURSOR_FROM_BEFORE_RESTORE",
    );
    before.leave();
    joined.leave();
    expect(tail.streamCount).toBe(0);
    tail.close();
  });
});
