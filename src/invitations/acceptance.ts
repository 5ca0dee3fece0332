import type { Customer } from "../../entities/customers/customer";
import type { Invitation } from "../../entities/invitations/invitation";
import type { Partner } from "../../entities/partners/partner";
import {
  RelationshipStatus,
  type ResellerRelationship,
} from "../../entities/relationships/reseller-relationship";
import { marketRefusal } from "../customers";
import type { Reads } from "../database/reads";
import type { DomainError } from "../errors/domain-error";
import { findProviderOf, partnerErrors } from "../partners";
import { relationshipErrors } from "../relationships";

/** A partner that an invitation binds the customer to, and what it is to that customer already. */
export interface Seller {
  partner: Partner;
  before: ResellerRelationship | null;
}

/** Whether the seller is the customer's reseller now. */
export function isSelling({ before }: Seller): boolean {
  return before?.status === RelationshipStatus.ACTIVE;
}

/**
 * Why a pending invitation cannot be accepted by a customer, or by one that is not known yet; nothing when it can. An
 * invitation for both outlives what it was made on, and then it is good for neither (docs/sources.md, invitations).
 */
export async function acceptanceRefusal(
  reads: Reads,
  { partnerId, providerId }: Invitation,
  sellers: Seller[],
  customer: Customer | null,
): Promise<DomainError | undefined> {
  if (providerId && !(await findProviderOf(reads, partnerId, providerId))) {
    return partnerErrors.PARTNERSHIP_NOT_ACTIVE(
      "The partner and its indirect provider have stopped working together. Ask the partner for a new invitation.",
      { field: "token" },
    );
  }
  if (!customer) return undefined;
  if (sellers.every(isSelling)) {
    const place = { field: "token", details: { existingId: sellers[0]?.before?.id } };
    const message = "You have this relationship already; nothing is left to accept.";
    return relationshipErrors.RELATIONSHIP_ALREADY_ACTIVE(message, place);
  }
  return sellers.map(({ partner }) => marketRefusal(partner, customer, "token")).find(Boolean);
}
