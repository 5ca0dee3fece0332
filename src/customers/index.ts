export { companyNameProblem } from "./company-name.policy";
export { createCustomer, type CreateCustomer } from "./create-customer";
export { customerErrors } from "./customer.errors";
export { type CustomerLoader, makeCustomerLoader } from "./customer.loader";
export { type CustomerPart, getCustomer, lockCustomerByTenant } from "./customer.repository";
export { getVisibleCustomer } from "./get-customer";
export { listCustomers, type ListCustomers } from "./list-customers";
export { marketRefusal } from "./market.policy";
export {
  checkCompanyDetails,
  type CompanyDetails,
  countryProblem,
  registerCustomer,
} from "./register-customer";
export { updateCustomer, type UpdateCustomer } from "./update-customer";
