import type { EventPayload } from "../events/event-map";

/** What an event tells about a customer, as the partner keeps it now. */
export function customerEventPayload({
  customerId,
  partnerId,
  companyName,
  domain,
}: EventPayload<"customer.added">): EventPayload<"customer.added"> {
  return { customerId, partnerId, companyName, domain };
}
