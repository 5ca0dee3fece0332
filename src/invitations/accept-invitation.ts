import type { Customer } from "../../entities/customers/customer";
import { Invitation, InvitationStatus } from "../../entities/invitations/invitation";
import type { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { invitationErrors } from "./invitation.errors";
import { generalErrors } from "../errors/general.errors";
import { customerErrors } from "../customers";
import { organizationErrors } from "../organizations";
import { partnerErrors } from "../partners";
import { defineMutation, type MutationContext } from "../unit-of-work/mutation";
import type { Transaction } from "../unit-of-work/transaction";
import { establishRelationship, lockRelationshipBetween, relationshipErrors } from "../relationships";
import { acceptanceRefusal, isSelling, type Seller } from "./acceptance";
import { findAnsweringCustomer, onboardCustomer, type OptionalCompanyDetails } from "./answering-customer";
import { invitationNotFound } from "./edit-invitation";
import { invitationEventPayload } from "./invitation-event-payload";
import * as invitationLifecycle from "./invitation.lifecycle";
import { invitationBearer, canView, otherCustomerRefusal } from "./invitation.policy";
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
 */
export const acceptInvitation = defineMutation(
  {
    name: "acceptInvitation",
    permission: "invitation.accept",
    description:
      "Accepts an invitation as the customer's Global admin: the partner, and the indirect provider where it names one, become your resellers, both or neither. Safe to repeat.",
    codes: [
      invitationErrors.INVITATION_NOT_FOUND,
      invitationErrors.INVITATION_EXPIRED,
      invitationErrors.INVITATION_REVOKED,
      invitationErrors.INVITATION_DECLINED,
      invitationErrors.INVITATION_ALREADY_USED,
      invitationErrors.INVITATION_FOR_ANOTHER_CUSTOMER,
      invitationErrors.COMPANY_DETAILS_REQUIRED,
      generalErrors.FIELD_INVALID,
      organizationErrors.DOMAIN_TAKEN,
      partnerErrors.PARTNERSHIP_NOT_ACTIVE,
      customerErrors.CUSTOMER_IN_OTHER_MARKET,
      customerErrors.CUSTOMER_IN_OTHER_CLOUD,
      relationshipErrors.RELATIONSHIP_ALREADY_ACTIVE,
    ],
    events: [["relationship.established", "for each partner"], "invitation.accepted"],
    takesIdempotencyKey: false,
  },
  async (ctx, input: AcceptInvitation): Promise<AcceptedInvitation> => {
    return ctx.transaction((tx) => accept(tx, ctx, input));
  },
);

async function accept(
  tx: Transaction,
  ctx: Pick<MutationContext, "actor" | "now">,
  input: AcceptInvitation,
): Promise<AcceptedInvitation> {
  const { actor } = ctx;
  const invitation = await lockInvitationByToken(tx, input.token.trim()); // lock first: two clicks
  const knownId = await findAnsweringCustomer(tx, actor);
  const holder = invitationBearer(actor, knownId);
  if (!invitation || !canView(holder, invitation)) throw invitationNotFound("token");
  const { customer: known, sellers: found } = await findParties(tx, invitation, knownId);
  const sellers = await lockRelationships(tx, found);
  const made = sellers.map(({ before }) => before).filter((row) => row?.invitationId === invitation.id);
  if (made.length > 0 && sellers.every(isSelling)) {
    return { invitation, relationships: made as ResellerRelationship[] };
  }
  const otherCustomers = otherCustomerRefusal(holder, invitation);
  if (otherCustomers) throw otherCustomers;
  const status = invitationLifecycle.accept(invitation, ctx.now());
  const customer = known ?? (actor.kind === "PROSPECT" ? await onboardCustomer(tx, actor, input) : undefined);
  if (!customer) throw invitationNotFound("token");
  const refusal = await acceptanceRefusal(tx, invitation, sellers, customer);
  if (refusal) throw refusal;
  const relationships = await establishMissing(tx, sellers, customer, invitation);
  await markAccepted(tx, invitation, status, customer);
  const { id: customerId, companyName, domain } = customer;
  tx.record("invitation.accepted", {
    ...invitationEventPayload(invitation, sellers[0]?.partner),
    customerId,
    companyName,
    domain,
    relationshipIds: relationships.map((row) => row.id),
  });
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
