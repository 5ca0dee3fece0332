import { newId } from "../../src/context/ids";
import { runUnitOfWork, type RingDoorbell } from "../../src/database/unit-of-work";
import { beginStream } from "../../src/events/event-log";
import type { RecordedEvent } from "../../src/events/event-map";
import type { House } from "../support/house";

/** Begins the stream of an organization that is nothing else, and gives its id. */
export async function aStream(house: House): Promise<string> {
  const organizationId = newId("partner");
  await house.system.transaction((tx) => beginStream(tx, organizationId));
  return organizationId;
}

const silent: RingDoorbell = () => undefined;

/** Commits one transaction with these events, recognisable by their words, and rings the bell that is given. */
export function write(
  house: House,
  audience: string[],
  words: string[] = ["something"],
  ring: RingDoorbell = silent,
): Promise<void> {
  const caller = { actor: { kind: "SYSTEM" as const }, requestId: "writer", now: () => house.clock.now };
  return runUnitOfWork(house.database, ring, caller, async (tx) => {
    for (const companyName of words) {
      const facts = { customerId: "cust", partnerId: "part", companyName, domain: "d.example" };
      tx.record("customer.updated", facts, audience);
    }
    return Promise.resolve();
  });
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
export const logReads = (house: House): number =>
  house.statements.filter((sql) => /LEFT JOIN event ON/.test(sql)).length;
