import type { Customer } from "../../entities/customers/customer";
import type { Partner } from "../../entities/partners/partner";
import type { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import type { EventPayload } from "../events/event-map";

/**
 * What an event tells about a relationship, as it is now: enough to know WHICH customer after it has left the list. The
 * customer reads it too, so it bears the customer's own name, not the one that the partner keeps for itself.
 */
export function relationshipEventPayload(
  { id: relationshipId, partnerId, customerId, invitationId }: ResellerRelationship,
  partner: Partner,
  { companyName, domain }: Customer,
): EventPayload<"relationship.established"> {
  return {
    relationshipId,
    partnerId,
    partnerName: partner.name,
    customerId,
    companyName,
    domain,
    invitationId,
  };
}
