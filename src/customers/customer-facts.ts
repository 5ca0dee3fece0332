import type { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import type { CustomerFacts } from "../events/event-map";

/** What an event tells about a customer, as the partner keeps it now. */
export function customerFacts(relationship: ResellerRelationship): CustomerFacts {
  const { customerId, partnerId, companyName, domain } = relationship;
  return { customerId, partnerId, companyName, domain };
}
