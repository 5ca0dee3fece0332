import type { Customer } from "../../entities/customers/customer";
import { Invitation, InvitationStatus } from "../../entities/invitations/invitation";
import type { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import type { UseCaseContext } from "../context/use-case-context";
import type { Transaction } from "../database/transaction";
import { establishRelationship, lockRelationshipBetween } from "../relationships";
import { acceptanceRefusal, isSelling, type Seller } from "./acceptance";
import { findAnsweringCustomer, makeKnown, type OptionalCompanyDetails } from "./answering-customer";
import { invitationNotFound } from "./edit-invitation";
import { invitationFacts } from "./invitation-facts";
import * as invitationLifecycle from "./invitation.lifecycle";
import { linkHolder, mayLearnOf, otherCustomerRefusal } from "./invitation.policy";
import { findParties, lockInvitationByToken } from "./invitation.repository";

/** The link's token, and who the organization is where it is not known yet. */
export interface AcceptInvitation extends OptionalCompanyDetails {
  token: string;
}

/** The invitation, and the relationships that accepting it made: one a partner. */
export interface AcceptedInvitation {
  invitation: Invitation;
  relationships: ResellerRelationship[];
}

/**
 * Binds the customer to the inviting partner, and to its indirect provider where the invitation names one: both or
 * neither. Safe to repeat: a second call by the same customer returns what the first one made.
 * @throws INVITATION_NOT_FOUND no such invitation, or the link is not for this customer
 * @throws INVITATION_EXPIRED, INVITATION_REVOKED, INVITATION_DECLINED, INVITATION_ALREADY_USED it is no longer open
 * @throws INVITATION_FOR_ANOTHER_CUSTOMER it names another organization of the same person
 * @throws COMPANY_DETAILS_REQUIRED, FIELD_INVALID, DOMAIN_TAKEN an unknown organization cannot become known like this
 * @throws PARTNERSHIP_NOT_ACTIVE the inviting partner and its provider have stopped working together
 * @throws CUSTOMER_IN_OTHER_MARKET, CUSTOMER_IN_OTHER_CLOUD one of the partners may not sell to it
 * @throws RELATIONSHIP_ALREADY_ACTIVE every partner of the invitation is its reseller already
 */
export function acceptInvitation(ctx: UseCaseContext, input: AcceptInvitation): Promise<AcceptedInvitation> {
  return ctx.transaction((tx) => accept(tx, ctx, input), { operation: "acceptInvitation" });
}

async function accept(
  tx: Transaction,
  ctx: UseCaseContext,
  input: AcceptInvitation,
): Promise<AcceptedInvitation> {
  const { actor } = ctx;
  const invitation = await lockInvitationByToken(tx, input.token.trim()); // lock first: two clicks
  const knownId = await findAnsweringCustomer(tx, actor);
  const holder = linkHolder(actor, knownId);
  if (!invitation || !mayLearnOf(holder, invitation)) throw invitationNotFound("token");
  const { customer: known, sellers: found } = await findParties(tx, invitation, knownId);
  const sellers = await lockRelationships(tx, found);
  const made = sellers.map(({ before }) => before).filter((row) => row?.invitationId === invitation.id);
  if (made.length > 0 && sellers.every(isSelling)) {
    return { invitation, relationships: made as ResellerRelationship[] };
  }
  const otherCustomers = otherCustomerRefusal(holder, invitation);
  if (otherCustomers) throw otherCustomers;
  const status = invitationLifecycle.accept(invitation, ctx.now());
  const customer = known ?? (actor.kind === "PROSPECT" ? await makeKnown(tx, actor, input) : undefined);
  if (!customer) throw invitationNotFound("token");
  const refusal = await acceptanceRefusal(tx, invitation, sellers, customer);
  if (refusal) throw refusal;
  const relationships = await establishMissing(tx, sellers, customer, invitation);
  await markAccepted(tx, invitation, status, customer);
  const { id: customerId, companyName, domain } = customer;
  tx.record(
    "invitation.accepted",
    {
      ...invitationFacts(invitation, sellers[0]?.partner),
      customerId,
      companyName,
      domain,
      relationshipIds: relationships.map((row) => row.id),
    },
    [invitation.partnerId, invitation.providerId, customerId],
  );
  return { invitation, relationships };
}

/** Where there is none there is nothing to lock: the unique index on partner and customer settles that race. */
async function lockRelationships(tx: Transaction, found: Seller[]): Promise<Seller[]> {
  const sellers: Seller[] = [];
  for (const { partner, before } of found) {
    const { customerId } = before ?? {};
    sellers.push({
      partner,
      before: customerId ? await lockRelationshipBetween(tx, partner.id, customerId) : null,
    });
  }
  return sellers;
}

/** A reseller that serves the customer already may bring its provider in later by an invitation for both. */
async function establishMissing(
  tx: Transaction,
  sellers: Seller[],
  customer: Customer,
  invitation: Invitation,
): Promise<ResellerRelationship[]> {
  const made: ResellerRelationship[] = [];
  for (const { partner, before } of sellers.filter((seller) => !isSelling(seller))) {
    made.push(await establishRelationship(tx, { partner, customer, invitationId: invitation.id, before }));
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
