import type { WebhookDelivery } from "../../entities/webhooks/webhook-delivery";
import type { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import { readGrants } from "../database/customer-grants";
import type { Reads } from "../database/reads";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { StreamEnds } from "../events/event-cursor";
import { customerOf, type EventFilter, passesFilter } from "../events/event-filter";
import { readEventSlice } from "../events/event-log";
import type { EventType, RecordedEvent } from "../events/event-map";

const LOG_PAGE = 200;
const MAX_PAGES = 25;

/** What a search of the stream found: the next event that is wanted, and up to where none is. */
export interface Found {
  event?: RecordedEvent;
  passed: number;
  /** Whether the search saw everything there is. */
  complete: boolean;
  /** Events behind `passed` are no longer kept: nobody can tell any more whether one of them was wanted. */
  forgotten?: true;
  /** The stream as it is, where it has left the endpoint's timeline: its receiver must be told before it gets more. */
  restored?: StreamEnds;
}

/** The event of a log entry, if it is still kept. */
export async function findEventAt(
  reads: Reads,
  { organizationId, position, eventId }: Pick<WebhookDelivery, "organizationId" | "position" | "eventId">,
): Promise<RecordedEvent | undefined> {
  const { events } = await readEventSlice(reads, organizationId, position - 1, 1);
  const [event] = events;
  return event?.id === eventId ? event : undefined;
}

/** Which of these events an endpoint may get at this moment: all of them, or those about customers that its creator has a grant for. */
export async function receivable(
  { read, now }: Pick<UseCaseContext, "read" | "now">,
  { grantHolderId }: Pick<WebhookEndpoint, "grantHolderId">,
  events: readonly RecordedEvent[],
): Promise<(event: RecordedEvent) => boolean> {
  if (grantHolderId === null) return () => true;
  const may = await read((reads) => readGrants(reads, grantHolderId, events.map(customerOf), now()));
  return (event) => may("event.read", customerOf(event));
}

/** What an endpoint's users want, as the other endpoints say it. */
function filterOf({ eventTypes, customerId }: WebhookEndpoint): EventFilter {
  return {
    types: eventTypes.length > 0 ? (eventTypes as EventType[]) : undefined,
    customerId: customerId ?? undefined,
  };
}

/** One organization's stream as one worker reads it for one endpoint: a page of the log at a time. */
export class WantedEvents {
  private page: RecordedEvent[] = [];
  private timeline: string | undefined;

  constructor(private readonly ctx: Pick<UseCaseContext, "read" | "now">) {}

  /** The first event after a position that the endpoint wants; looks at no more than 5,000 events. */
  async next(endpoint: WebhookEndpoint): Promise<Found> {
    const { organizationId } = endpoint;
    const filter = filterOf(endpoint);
    let passed = endpoint.deliveredPosition;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const kept = this.page.filter(({ position }) => position > passed);
      // A replay may have moved the endpoint back behind the page that is kept.
      const continues = kept[0]?.position === passed + 1 && this.timeline === endpoint.timeline;
      if (continues) this.page = kept;
      else {
        const { events, ends } = await this.ctx.read((reads) =>
          readEventSlice(reads, organizationId, passed, LOG_PAGE),
        );
        if (ends.timeline !== endpoint.timeline) return { passed, complete: true, restored: ends };
        if (passed < ends.forgottenPosition) return { passed, complete: true, forgotten: true };
        this.page = events;
        this.timeline = ends.timeline;
      }
      const mayReceive = await receivable(this.ctx, endpoint, this.page);
      const event = this.page.find((one) => passesFilter(one, filter) && mayReceive(one));
      if (event) return { event, passed: event.position - 1, complete: true };
      const last = this.page[this.page.length - 1];
      if (!last) return { passed, complete: true };
      passed = last.position;
    }
    return { passed, complete: false };
  }
}
