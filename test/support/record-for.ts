import { newId } from "../../src/context/ids";
import type { EventPayload, EventType } from "../../src/events/event-map";
import type { Transaction } from "../../src/unit-of-work/transaction";

/** Records an event for these organizations, whatever its definition says of its audience: for tests of what comes after. */
export function recordFor<T extends EventType>(
  tx: Transaction,
  type: T,
  payload: EventPayload<T>,
  audience: string[],
): void {
  tx.recorded.push({ id: newId("event"), type, payload, audience });
}
