import { ensureMayUse } from "../access/allow";
import type { Permission } from "../access/permissions";
import { holdsSomewhere } from "../database/customer-grants";
import type { UseCaseContext } from "./use-case-context";

/**
 * Passes a caller who has a permission, if only for one customer: what it sees then is for the scope of each statement to say. Costs
 * one statement where its roles do not give the permission.
 * @throws FORBIDDEN naming the roles any one of which is sufficient
 */
export async function ensureMayUseSomewhere(
  ctx: Pick<UseCaseContext, "actor" | "now" | "read" | "matrix">,
  permission: Permission,
): Promise<void> {
  if (!(await holdsSomewhere(ctx, permission))) ensureMayUse(ctx.actor, permission, ctx.matrix);
}
