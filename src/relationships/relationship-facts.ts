import type { Partner } from "../../entities/partners/partner";
import type { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import type { RelationshipFacts } from "../events/event-map";

/** What an event tells about a relationship, as it is now: enough to know WHICH customer after it has left the list. */
export function relationshipFacts(relationship: ResellerRelationship, partner: Partner): RelationshipFacts {
  const { id: relationshipId, partnerId, customerId, companyName, domain, invitationId } = relationship;
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
