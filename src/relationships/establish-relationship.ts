import type { Customer } from "../../entities/customers/customer";
import { type Partner, ProgrammeRole } from "../../entities/partners/partner";
import {
  RelationshipKind,
  RelationshipStatus,
  ResellerRelationship,
} from "../../entities/relationships/reseller-relationship";
import { newId } from "../values/ids";
import { searchKey } from "../values/search-key";
import type { Transaction } from "../unit-of-work/transaction";
import { relationshipEventPayload } from "./relationship-event-payload";
import * as relationshipLifecycle from "./relationship.lifecycle";
import { lockRelationshipBetween } from "./relationship.repository";

/** What a partner keeps about the person to talk to at a customer. */
export type CustomerContact = Pick<
  ResellerRelationship,
  | "contactEmail"
  | "contactPhone"
  | "contactFirstName"
  | "contactMiddleName"
  | "contactLastName"
  | "registrationNumber"
>;

/** Who becomes whose reseller, and why. */
export interface NewRelationship {
  partner: Partner;
  customer: Customer;
  invitationId: string | null;
  /** Their relationship so far, where the caller has locked it already. */
  before?: ResellerRelationship | null;
  /** What the partner knows of the customer; when absent, what it knew before stays. */
  contact?: CustomerContact;
}

/** The contact of a customer that a partner knows nobody at. */
export const NO_CONTACT: CustomerContact = {
  contactEmail: null,
  contactPhone: null,
  contactFirstName: null,
  contactMiddleName: null,
  contactLastName: null,
  registrationNumber: null,
};

/**
 * Makes the partner the customer's reseller, or makes it so again, and records the event. For other use cases, in
 * their transaction; the unique index on partner and customer settles every race.
 * @throws RELATIONSHIP_ALREADY_ACTIVE it is already
 */
export async function establishRelationship(
  tx: Transaction,
  { partner, customer, invitationId, contact, before: locked }: NewRelationship,
): Promise<ResellerRelationship> {
  const before = locked === undefined ? await lockRelationshipBetween(tx, partner.id, customer.id) : locked;
  const { companyName, domain } = customer;
  const fresh = {
    invitationId,
    companyName,
    companyNameKey: searchKey(companyName),
    domain,
    establishedAt: tx.now,
    removedAt: null,
    ...contact,
  };
  const relationship = before
    ? await tx.update(ResellerRelationship, before, {
        ...fresh,
        status: relationshipLifecycle.establish(before),
      })
    : await tx.insert(ResellerRelationship, {
        ...NO_CONTACT,
        ...fresh,
        id: newId(ResellerRelationship),
        partnerId: partner.id,
        customerId: customer.id,
        kind:
          partner.programmeRole === ProgrammeRole.ADVISOR
            ? RelationshipKind.ADVISOR
            : RelationshipKind.RESELLER,
        status: RelationshipStatus.ACTIVE,
        createdAt: tx.now,
        updatedAt: tx.now,
        version: 1,
      });
  tx.record("relationship.established", relationshipEventPayload(relationship, partner, customer));
  return relationship;
}
