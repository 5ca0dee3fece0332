import { contributions } from "../../src/areas";
import { Partner } from "../../entities/partners/partner";
import { newId } from "../../src/values/ids";
import { runUnitOfWork, type NotifyOrganizations } from "../../src/unit-of-work/unit-of-work";
import { beginStream, readHeads } from "../../src/events/event-log";
import type { RecordedEvent } from "../../src/events/event-map";
import { eventFilter } from "../../src/events/event-filter";
import { type FollowEvents, EventsToFollow } from "../../src/events/follow-events";
import type { LiveTail } from "../../src/events/live-tail";
import type { TestContext } from "../support/test-context";
import { recordFor } from "../support/record-for";

/** Begins the stream of an organization that is nothing else, and gives its id. */
export async function aStream(testContext: TestContext): Promise<string> {
  const organizationId = newId(Partner);
  await testContext.system.transaction((tx) => beginStream(tx, organizationId));
  return organizationId;
}

const silent: NotifyOrganizations = () => undefined;

/** Commits one transaction with these events, recognisable by their words, and calls the notifier that is given. */
export function write(
  testContext: TestContext,
  audience: string[],
  words: string[] = ["something"],
  notify: NotifyOrganizations = silent,
): Promise<void> {
  const caller = {
    actor: { kind: "SYSTEM" as const },
    requestId: "writer",
    now: () => testContext.clock.now,
    contributions,
  };
  return runUnitOfWork(testContext.database, notify, caller, async (tx) => {
    for (const companyName of words) {
      const facts = { customerId: "cust", partnerId: "part", companyName, domain: "d.example" };
      recordFor(tx, "customer.updated", facts, audience);
    }
    return Promise.resolve();
  });
}

/** What a reader follows. */
export interface Followed extends Pick<FollowEvents, "types"> {
  /** The last position it has; from now on when absent. */
  after?: number;
}

/** Reads a stream one event at a time, as slowly as its caller likes, until `return()`. */
export async function follow(
  { database }: Pick<TestContext, "database">,
  tail: LiveTail,
  organizationId: string,
  { after, types }: Followed = {},
): Promise<AsyncIterableIterator<RecordedEvent, undefined>> {
  let wake = () => undefined as void;
  let isOver = false;
  let batch: RecordedEvent[] = [];
  const reader = await tail.join(organizationId, () => wake());
  const newest = await database
    .read((reads) => readHeads(reads, [organizationId]))
    .catch((error: unknown) => {
      reader.leave();
      throw error;
    });
  const wanted = new EventsToFollow(
    organizationId,
    after ?? newest.get(organizationId) ?? 0,
    eventFilter({ types }),
  );
  let last = wanted.after;
  const next = async (): Promise<IteratorResult<RecordedEvent, undefined>> => {
    while (!isOver) {
      const news = new Promise<void>((resolve) => (wake = resolve));
      if (batch.length === 0) batch = [...(await reader.eventsAfter(last))];
      const event = batch.shift();
      if (!event) await news;
      else {
        last = event.position;
        if (wanted.wants(event)) return { done: false, value: event };
      }
    }
    return { done: true, value: undefined };
  };
  const listener: AsyncIterableIterator<RecordedEvent, undefined> = {
    next,
    return: () => {
      isOver = true;
      reader.leave();
      wake();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]: () => listener,
  };
  return listener;
}

/** Takes the next events of a listener, as many as are asked for. */
export async function take(listener: AsyncIterator<RecordedEvent>, count: number): Promise<RecordedEvent[]> {
  const taken: RecordedEvent[] = [];
  while (taken.length < count) {
    const step = await listener.next();
    if (step.done) break;
    taken.push(step.value);
  }
  return taken;
}

/** The positions of events. */
export const positions = (events: RecordedEvent[]): number[] => events.map(({ position }) => position);

/** The numbers from one to another, both included. */
export const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);

/** How often the event table was read so far. */
export const logReads = (testContext: TestContext): number =>
  testContext.statements.filter((sql) => /FROM organization_head head\s+LEFT JOIN/.test(sql)).length;
