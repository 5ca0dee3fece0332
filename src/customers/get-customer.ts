import type { UseCaseContext } from "../context/use-case-context";
import { FieldChecks } from "../errors/field-checks";
import { customerErrors } from "./customer.errors";
import { findVisibleCustomers, type VisibleCustomer } from "./customer.repository";

/**
 * One customer; `field` is the name that the id has in the caller's input.
 * @throws CUSTOMER_NOT_FOUND no such customer that the caller may see
 */
export async function getVisibleCustomer(
  ctx: UseCaseContext,
  id: string,
  field = "id",
): Promise<VisibleCustomer> {
  new FieldChecks().id(field, id, "customer").done();
  const [customer] = await ctx.read((reads) => findVisibleCustomers(ctx.actor, reads, [id]));
  if (!customer) throw customerNotFound(field);
  return customer;
}

/** What a caller learns of a customer that is not there or not its own: the same. */
export function customerNotFound(field: string) {
  return customerErrors.CUSTOMER_NOT_FOUND("There is no such customer that you may see.", { field });
}
