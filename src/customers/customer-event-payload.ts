import type { CustomerEventPayload } from "../events/event-map";

/** What an event tells about a customer, as the partner keeps it now. */
export function customerEventPayload({
  customerId,
  partnerId,
  companyName,
  domain,
}: CustomerEventPayload): CustomerEventPayload {
  return { customerId, partnerId, companyName, domain };
}
