import { Event } from "../../entities/events/event";
import { newId } from "../../src/values/ids";
import type { EventPayload, EventType } from "../../src/events/event-map";
import type { Transaction } from "../../src/unit-of-work/transaction";

/** Records an event for these organizations, whatever its definition says of its audience: for tests of what comes after. */
export function recordFor<T extends EventType>(
  tx: Transaction,
  type: T,
  payload: EventPayload<T>,
  audience: string[],
): void {
  tx.recorded.push({ id: newId(Event), type, payload, audience });
}
