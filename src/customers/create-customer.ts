import { randomUUID } from "node:crypto";
import { asPartner } from "../access/allow";
import { generalErrors } from "../errors/general.errors";
import { customerErrors } from "./customer.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { FieldChecks } from "../errors/field-checks";
import {
  checkCompanyDetails,
  type CompanyDetails,
  getPartner,
  organizationErrors,
  registerCustomer,
} from "../organizations";
import { establishRelationship, NO_CONTACT } from "../relationships";
import { type ContactInput, checkContact, contactOf } from "./customer-contact";
import { customerEventPayload } from "./customer-event-payload";
import { findVisibleCustomers, type VisibleCustomer } from "./customer.repository";
import { ownDomainProblem } from "../values/email-address";
import { marketRefusal } from "./market.policy";

/** A customer that does not exist yet, and how to reach it. */
export interface CreateCustomer extends CompanyDetails, ContactInput {
  contactEmail: string;
  idempotencyKey?: string | null;
}

/**
 * Creates a customer organization with a tenant of its own, and the relationship of the caller's partner with it. An
 * organization that has a tenant already must be invited instead.
 */
export const createCustomer = defineMutation(
  {
    name: "createCustomer",
    permission: "customer.create",
    description: "Creates a customer that has no tenant yet, and your partner's relationship with it.",
    codes: [
      generalErrors.FIELD_INVALID,
      customerErrors.CUSTOMER_IN_OTHER_MARKET,
      organizationErrors.DOMAIN_TAKEN,
    ],
    events: ["customer.added", "relationship.established"],
  },
  async (ctx, input: CreateCustomer): Promise<{ customer: VisibleCustomer }> => {
    const { partnerId } = asPartner(ctx.actor);
    const checks = checkContact(checkCompanyDetails(new FieldChecks(), input), input, input.country, {
      required: true,
    });
    checks.done();
    return ctx.transaction(async (tx) => {
      const partner = await getPartner(tx, partnerId);
      const { cloud } = partner;
      new FieldChecks()
        .field("contactEmail", ownDomainProblem(input.contactEmail, partner.domain))
        .refusal(marketRefusal(partner, { country: input.country, cloud }, "country"))
        .done();
      const findVisible = async (id: string) => (await findVisibleCustomers(ctx, tx, [id]))[0];
      const customer = await registerCustomer(tx, { ...input, tenantId: randomUUID(), cloud }, findVisible);
      const { id: customerId, companyName, domain } = customer;
      tx.record("customer.added", customerEventPayload({ customerId, partnerId, companyName, domain }));
      const contact = { ...NO_CONTACT, ...contactOf(input) };
      await establishRelationship(tx, { partner, customer, invitationId: null, contact });
      const visible = await findVisible(customer.id);
      if (!visible) throw new Error("a customer that was just created is not visible to its creator");
      return { customer: visible };
    });
  },
);
