import { ActivityResource } from "../../entities/activity/activity-record";
import { OrganizationHead } from "../../entities/events/organization-head";
import { Partner } from "../../entities/partners/partner";
import { Partnership } from "../../entities/partners/partnership";
import { defineArea } from "../area";
import { auditedRow } from "../activity/audited-rows";
import { reference } from "../database/references.check";
import { makePartnerLoader } from "./partner.loader";
import { requireReseller } from "./require-reseller";

/** What partners and partnerships contribute. */
export const partners = defineArea({
  entities: [Partnership],
  readBy: {
    // Relationships of a provider or reseller that one works with.
    relationships: [Partnership],
  },
  loaders: { partner: makePartnerLoader },
  nodes: [{ of: Partner, loader: (loaders) => loaders.partner }],
  auditedRows: [
    auditedRow(Partner, {
      resource: ActivityResource.PARTNER,
      columns: ["tenantId", "name", "programmeRole", "country", "cloud", "domain"],
      owners: ({ id }) => [id],
      customerId: () => null,
      isActedOn: false,
    }),
    auditedRow(Partnership, {
      resource: ActivityResource.PARTNERSHIP,
      columns: ["providerId", "resellerId", "status"],
      owners: ({ providerId, resellerId }) => [providerId, resellerId],
      customerId: () => null,
      isActedOn: false,
    }),
  ],
  references: [
    reference(Partner, "id", OrganizationHead),
    reference(Partnership, "providerId", Partner),
    reference(Partnership, "resellerId", Partner),
  ],
  purchaseRequirements: [requireReseller],
});
