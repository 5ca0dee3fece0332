import { Customer } from "../../entities/customers/customer";
import { RelationshipStatus } from "../../entities/relationships/reseller-relationship";
import { asPartner } from "../access/allow";
import { generalErrors } from "../errors/general.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { ensureVersion } from "../database/writes";
import { FieldChecks } from "../errors/field-checks";
import { changeKeptDetails, lockRelationshipBetween } from "../relationships";
import { getCustomer, getPartner, organizationErrors } from "../organizations";
import { companyNameProblem } from "../values/company-name";
import { checkContact, type ContactInput, contactOf } from "./customer-contact";
import { customerEventPayload } from "./customer-event-payload";
import { ownDomainProblem } from "../values/email-address";
import { findVisibleCustomers, type VisibleCustomer } from "./customer.repository";
import { customerNotFound } from "./get-customer";

/** What to change. An absent field is left alone; null empties a field that may be empty. */
export interface UpdateCustomer extends ContactInput {
  customerId: string;
  /** The name in this partner's list; the tenant's own name stays (docs/sources.md, customers). */
  companyName?: string | null;
  expectedVersion?: number | null;
  idempotencyKey?: string | null;
}

/**
 * Changes what the caller's partner keeps about a customer: the name in its list and whom to talk to. What another
 * partner keeps, and the tenant itself, stay as they are. An update that changes nothing leaves version and listeners alone.
 */
export const updateCustomer = defineMutation(
  {
    name: "updateCustomer",
    permission: "customer.update",
    description: "Changes what your partner keeps about a customer; nobody else sees the change.",
    codes: [
      generalErrors.ID_MALFORMED,
      organizationErrors.CUSTOMER_NOT_FOUND,
      generalErrors.FIELD_INVALID,
      generalErrors.STALE_VERSION,
    ],
    events: ["customer.updated"],
  },
  async (ctx, input: UpdateCustomer): Promise<{ customer: VisibleCustomer }> => {
    const { partnerId } = asPartner(ctx.actor);
    new FieldChecks().id("customerId", input.customerId, Customer).done();
    return ctx.transaction(async (tx) => {
      const found = await lockRelationshipBetween(tx, partnerId, input.customerId);
      if (found?.status !== RelationshipStatus.ACTIVE) throw customerNotFound("customerId");
      const { country } = await getCustomer(tx, input.customerId);
      const checks = checkContact(new FieldChecks(), input, country, { required: false });
      if (input.contactEmail) {
        const { domain } = await getPartner(tx, partnerId);
        checks.field("contactEmail", ownDomainProblem(input.contactEmail, domain));
      }
      if (input.companyName === null)
        checks.field("companyName", "companyName cannot be emptied; leave it out to keep it.");
      if (typeof input.companyName === "string")
        checks.field("companyName", companyNameProblem(input.companyName));
      checks.done();
      ensureVersion(found, input.expectedVersion);
      const companyName = input.companyName?.trim() ?? found.companyName;
      await changeKeptDetails(tx, found, { ...contactOf(input), companyName }, (relationship) =>
        tx.record("customer.updated", customerEventPayload(relationship)),
      );
      const [customer] = await findVisibleCustomers(ctx, tx, [input.customerId]);
      if (!customer) throw customerNotFound("customerId");
      return { customer };
    });
  },
);
