export { createCustomer, type CreateCustomer } from "./create-customer";
export { customerErrors } from "./customer.errors";
export { customerColumns, type CustomerFor } from "./customer.repository";
export { getVisibleCustomer } from "./get-customer";
export { listCustomers, type ListCustomers } from "./list-customers";
export { marketRefusal } from "./market.policy";
export { updateCustomer, type UpdateCustomer } from "./update-customer";
