import { Customer } from "../../entities/customers/customer";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { FieldChecks } from "../errors/field-checks";
import { organizationErrors } from "../organizations";
import { type CustomerPart, findVisibleCustomer } from "./customer.repository";

/**
 * One customer; `field` is the name that the id has in the caller's input. Of it is read what `wanted`, fields of its GraphQL
 * type, are made of, or all.
 * @throws CUSTOMER_NOT_FOUND no such customer that the caller may see
 */
export async function getVisibleCustomer(
  ctx: UseCaseContext,
  id: string,
  { field = "id", wanted }: { field?: string; wanted?: readonly string[] } = {},
): Promise<CustomerPart> {
  new FieldChecks().id(field, id, Customer).done();
  const customer = await ctx.read((reads) => findVisibleCustomer(ctx, reads, id, wanted));
  if (!customer) throw customerNotFound(field);
  return customer;
}

/** What a caller learns of a customer that is not there or not its own: the same. */
export function customerNotFound(field: string) {
  return organizationErrors.CUSTOMER_NOT_FOUND("There is no such customer that you may see.", { field });
}
