import type { CustomerFacts } from "../events/event-map";

/** What an event tells about a customer, as the partner keeps it now. */
export function customerFacts({ customerId, partnerId, companyName, domain }: CustomerFacts): CustomerFacts {
  return { customerId, partnerId, companyName, domain };
}
