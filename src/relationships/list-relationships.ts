import { Customer } from "../../entities/customers/customer";
import type { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { Page } from "../database/paging";
import { FieldChecks, type PageInput, pageRequest } from "../errors/field-checks";
import { pageOfRelationships, type RelationshipFilter } from "./relationship.repository";

/** Which relationships, and which page of them. */
export type ListRelationships = RelationshipFilter & PageInput;

/**
 * The relationships of the caller's own organization, oldest first, removed ones too.
 * @throws CURSOR_INVALID `after` is not a cursor of this list
 */
export async function listRelationships(
  ctx: UseCaseContext,
  input: ListRelationships,
): Promise<Page<ResellerRelationship>> {
  new FieldChecks().id("customerId", input.customerId, Customer).done();
  return pageOfRelationships(ctx, input, pageRequest(input));
}
