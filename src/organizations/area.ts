import { Customer } from "../../entities/customers/customer";
import { OrganizationHead } from "../../entities/events/organization-head";
import { Partner } from "../../entities/partners/partner";
import { defineArea } from "../area";
import { reference } from "../database/references.check";
import { tenantIdCheck } from "../database/tenant-ids.check";

/** What organizations, which are partners or customers, contribute. */
export const organizations = defineArea({
  entities: [Partner, Customer],
  readBy: {
    // Who sees which partners, by partnerships.
    partners: [Partner],
    // Who sees which customers, by relationships.
    customers: [Customer],
    // Both sides of a relationship, and the partners in a list of relationships.
    relationships: [Partner, Customer],
    // The parties of an invitation, with what they are to each other.
    invitations: [Partner, Customer],
    // The first subscriptions of each of many customers.
    subscriptions: [Customer],
    // Whose an API key is, at each request's sign-in.
    identity: [Partner, Customer],
    // The names that the logs give, with the lock of the heads.
    events: [Partner, Customer],
  },
  loaders: {},
  references: [reference(OrganizationHead, "organizationId", Partner, Customer)],
  checks: [tenantIdCheck],
});
