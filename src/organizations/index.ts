export { createPartner, type NewPartner } from "./create-partner";
export { organizationErrors } from "./organization.errors";
export {
  findOrganization,
  findOrganizationsLike,
  getCustomer,
  getPartner,
  lockCustomerByTenant,
  type Organization,
  organizationOfTenant,
} from "./organization.repository";
export { checkCompanyDetails, type CompanyDetails, registerCustomer } from "./register-customer";
