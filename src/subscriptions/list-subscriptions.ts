import { Customer } from "../../entities/customers/customer";
import type { Subscription } from "../../entities/subscriptions/subscription";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { Page } from "../database/paging";
import { FieldChecks, type PageInput, pageRequest } from "../errors/field-checks";
import { pageOfSubscriptions, type SubscriptionFilter } from "./subscription.repository";

/** Which subscriptions, and which page of them. */
export type ListSubscriptions = SubscriptionFilter & PageInput;

/**
 * The subscriptions that the caller may see, oldest first.
 * @throws CURSOR_INVALID `after` is not a cursor of this list
 */
export async function listSubscriptions(
  ctx: UseCaseContext,
  input: ListSubscriptions,
): Promise<Page<Subscription>> {
  new FieldChecks().id("customerId", input.customerId, Customer).done();
  return pageOfSubscriptions(ctx, input, pageRequest(input));
}
