import type { Permission } from "../access/permissions";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { Transaction } from "../unit-of-work/transaction";
import { type Administrator, callerNow, lockCaller } from "./user-administration";

/**
 * The caller with the permissions of the roles that it has now, its user locked until the end of the transaction.
 * Whoever signed in a moment ago and has been deactivated since shall not take a key along that outlasts it.
 * @throws USER_INACTIVE, FORBIDDEN it may no longer
 */
export async function lockKeyIssuer(
  ctx: UseCaseContext,
  tx: Transaction,
  permission: Permission,
): Promise<Administrator> {
  return callerNow(ctx, await lockCaller(ctx, tx, permission));
}
