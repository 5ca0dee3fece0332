import { ActivityResource } from "../../entities/activity/activity-record";
import { Customer } from "../../entities/customers/customer";
import { OrganizationHead } from "../../entities/events/organization-head";
import { defineArea } from "../area";
import { auditedRow } from "../activity/audited-rows";
import { reference } from "../database/references.check";
import { makeCustomerLoader } from "./customer.loader";

/** What customers contribute. */
export const customers = defineArea({
  entities: [],
  loaders: { customer: makeCustomerLoader },
  nodes: [{ of: Customer, loader: (loaders) => loaders.customer }],
  auditedRows: [
    auditedRow(Customer, {
      resource: ActivityResource.CUSTOMER,
      columns: ["tenantId", "companyName", "domain", "country", "cloud"],
      // Who creates a customer has said all of this itself, or is answered it.
      owners: ({ id }, acting) => [id, acting],
      customerId: ({ id }) => id,
    }),
  ],
  references: [reference(Customer, "id", OrganizationHead)],
});
