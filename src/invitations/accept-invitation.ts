import type { Customer } from "../../entities/customers/customer";
import { Invitation, InvitationStatus } from "../../entities/invitations/invitation";
import type { Partner } from "../../entities/partners/partner";
import {
  RelationshipStatus,
  type ResellerRelationship,
} from "../../entities/relationships/reseller-relationship";
import type { UseCaseContext } from "../context/use-case-context";
import { marketRefusal } from "../customers";
import type { Transaction } from "../database/transaction";
import { FieldChecks } from "../errors/field-checks";
import { getPartner } from "../partners";
import { establishRelationship, lockRelationshipBetween, relationshipErrors } from "../relationships";
import { findAnsweringCustomer, makeKnown, type OptionalCompanyDetails } from "./answering-customer";
import { invitationNotFound } from "./edit-invitation";
import { invitationFacts } from "./invitation-facts";
import * as invitationLifecycle from "./invitation.lifecycle";
import { linkHolder, mayLearnOf, otherCustomerRefusal } from "./invitation.policy";
import { lockInvitationByToken } from "./invitation.repository";

/** The link's token, and who the organization is where it is not known yet. */
export interface AcceptInvitation extends OptionalCompanyDetails {
  token: string;
}

/** The invitation, and the relationships that accepting it made: one a partner. */
export interface AcceptedInvitation {
  invitation: Invitation;
  relationships: ResellerRelationship[];
}

interface Seller {
  partner: Partner;
  before: ResellerRelationship | null;
}

/**
 * Binds the customer to the inviting partner, and to its indirect provider where the invitation names one: both or
 * neither. Safe to repeat: a second call by the same customer returns what the first one made.
 * @throws INVITATION_NOT_FOUND no such invitation, or the link is not for this customer
 * @throws INVITATION_EXPIRED, INVITATION_REVOKED, INVITATION_DECLINED, INVITATION_ALREADY_USED it is no longer open
 * @throws INVITATION_FOR_ANOTHER_CUSTOMER it names another organization of the same person
 * @throws COMPANY_DETAILS_REQUIRED, FIELD_INVALID, DOMAIN_TAKEN an unknown organization cannot become known like this
 * @throws CUSTOMER_IN_OTHER_MARKET, CUSTOMER_IN_OTHER_CLOUD one of the partners may not sell to it
 * @throws RELATIONSHIP_ALREADY_ACTIVE every partner of the invitation is its reseller already
 */
export async function acceptInvitation(
  ctx: UseCaseContext,
  input: AcceptInvitation,
): Promise<AcceptedInvitation> {
  const { actor } = ctx;
  return ctx.transaction(async (tx) => {
    const invitation = await lockInvitationByToken(tx, input.token.trim()); // lock first: two clicks
    const known = await findAnsweringCustomer(tx, actor);
    const holder = linkHolder(actor, known?.id);
    if (!invitation || !mayLearnOf(holder, invitation)) throw invitationNotFound("token");
    const partners = await partnersOf(tx, invitation);
    const sellers = await sellersTo(tx, partners, known);
    const made = sellers.map(({ before }) => before).filter((row) => isFrom(row, invitation));
    if (made.length > 0) return { invitation, relationships: made as ResellerRelationship[] };
    const refusal = otherCustomerRefusal(holder, invitation);
    if (refusal) throw refusal;
    const status = invitationLifecycle.accept(invitation, tx.now);
    const customer = known ?? (actor.kind === "PROSPECT" ? await makeKnown(tx, actor, input) : undefined);
    if (!customer) throw invitationNotFound("token");
    for (const partner of partners)
      new FieldChecks().refusal(marketRefusal(partner, customer, "token")).done();
    const relationships = await establishMissing(tx, sellers, customer, invitation);
    await markAccepted(tx, invitation, status, customer);
    const { id: customerId, companyName, domain } = customer;
    tx.record(
      "invitation.accepted",
      {
        ...invitationFacts(invitation, partners[0]),
        customerId,
        companyName,
        domain,
        relationshipIds: relationships.map((row) => row.id),
      },
      [invitation.partnerId, invitation.providerId, customerId],
    );
    return { invitation, relationships };
  });
}

/** The inviting partner first, then its provider. */
async function partnersOf(tx: Transaction, { partnerId, providerId }: Invitation): Promise<Partner[]> {
  const partner = await getPartner(tx, partnerId);
  return providerId ? [partner, await getPartner(tx, providerId)] : [partner];
}

async function sellersTo(tx: Transaction, partners: Partner[], customer: Customer | null): Promise<Seller[]> {
  const sellers: Seller[] = [];
  for (const partner of partners) {
    sellers.push({
      partner,
      before: customer && (await lockRelationshipBetween(tx, partner.id, customer.id)),
    });
  }
  return sellers;
}

function isFrom(row: ResellerRelationship | null, invitation: Invitation): boolean {
  return row?.status === RelationshipStatus.ACTIVE && row.invitationId === invitation.id;
}

/** A reseller that serves the customer already may bring its provider in later by an invitation for both. */
async function establishMissing(
  tx: Transaction,
  sellers: Seller[],
  customer: Customer,
  invitation: Invitation,
): Promise<ResellerRelationship[]> {
  const missing = sellers.filter(({ before }) => before?.status !== RelationshipStatus.ACTIVE);
  if (missing.length === 0) {
    throw relationshipErrors.RELATIONSHIP_ALREADY_ACTIVE(
      "You have this relationship already; nothing is left to accept.",
      {
        field: "token",
        details: { existingId: sellers[0]?.before?.id },
      },
    );
  }
  const made: ResellerRelationship[] = [];
  for (const { partner } of missing) {
    made.push(await establishRelationship(tx, { partner, customer, invitationId: invitation.id }));
  }
  return made;
}

async function markAccepted(
  tx: Transaction,
  invitation: Invitation,
  status: InvitationStatus,
  customer: Customer,
): Promise<void> {
  const isFinal = status === InvitationStatus.ACCEPTED;
  if (!isFinal) return;
  await tx.update(Invitation, invitation, {
    status,
    customerId: customer.id,
    endedAt: tx.now,
    pendingKey: null,
  });
}
