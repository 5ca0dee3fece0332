import { ActivityResource } from "../../entities/activity/activity-record";
import { Customer } from "../../entities/customers/customer";
import { Invitation } from "../../entities/invitations/invitation";
import { Partner } from "../../entities/partners/partner";
import { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { defineArea } from "../area";
import { auditedRow } from "../activity/audited-rows";
import { reference } from "../database/references.check";
import { relationshipCheck } from "./relationship.check";
import { makeRelationshipLoaders } from "./relationship.loader";

/** What reseller relationships contribute. */
export const relationships = defineArea({
  entities: [ResellerRelationship],
  readBy: {
    // A partner's customers are those that it has an active relationship with.
    customers: [ResellerRelationship],
    // A customer sees the partners that it has or had a relationship with.
    partners: [ResellerRelationship],
    // The parties of an invitation, with what they are to each other.
    invitations: [ResellerRelationship],
    // By which name a partner knows a customer, with the lock of the heads.
    events: [ResellerRelationship],
  },
  loaders: { relationships: makeRelationshipLoaders },
  nodes: [{ of: ResellerRelationship, loader: (loaders) => loaders.relationships.byId }],
  auditedRows: [
    auditedRow(ResellerRelationship, {
      resource: ActivityResource.RELATIONSHIP,
      columns: [
        "partnerId",
        "customerId",
        "kind",
        "status",
        "invitationId",
        "companyName",
        "domain",
        "contactEmail",
        "contactPhone",
        "contactFirstName",
        "contactMiddleName",
        "contactLastName",
        "registrationNumber",
        "establishedAt",
        "removedAt",
      ],
      owners: ({ partnerId }) => [partnerId],
      // What the partner keeps about the customer is its own affair; whether it is the reseller is the customer's too.
      notifies: (before, { status, customerId }) => (before?.status === status ? [] : [customerId]),
      customerId: ({ customerId }) => customerId,
      countedBy: ["partnerId", "customerId"],
    }),
  ],
  references: [
    reference(ResellerRelationship, "partnerId", Partner),
    reference(ResellerRelationship, "customerId", Customer),
    reference(ResellerRelationship, "invitationId", Invitation),
  ],
  checks: [relationshipCheck],
});
