import { UserStatus } from "../../entities/identity/user";
import { CustomerGrant } from "../../entities/access/customer-grant";
import { mayUse } from "../access/allow";
import { type Caller, type Grant, grantHolderOf, isPerCustomer } from "../access/grant";
import type { Permission } from "../access/permissions";
import type { Instant } from "../values/instant";
import type { ReadAccess, Reads } from "./reads";
import { grantsOf, hasGrant, hasNotEnded, scopeOf } from "./scope";
import { sql } from "./sql";
import type { Writes } from "./writes";

/** Whether a permission may be used about a customer; about no customer where that is null. */
export type RightsOnCustomers = (permission: Permission, customerId: string | null) => boolean;

/** How many customers or holders one statement asks for. */
const MAX_PER_STATEMENT = 500;

/** Whether a caller has a permission, if only for one customer. Costs one statement where its roles do not give it, and none otherwise. */
export function holdsSomewhere(ctx: Caller & ReadAccess, permission: Permission): boolean | Promise<boolean> {
  const { actor } = ctx;
  if (mayUse(actor, permission)) return true;
  const grants = grantsOf(scopeOf(ctx, permission));
  if (!grants) return false;
  return ctx.read(
    async (reads) => (await reads.rows(sql`SELECT 1 AS one WHERE ${hasGrant(grants)}`)).length > 0,
  );
}

/** What a caller may do about each of these customers at this moment: from its roles alone without a statement. */
export function rightsOnCustomers(
  ctx: Caller & ReadAccess,
  customerIds: readonly (string | null)[],
): RightsOnCustomers | Promise<RightsOnCustomers> {
  const { actor } = ctx;
  const holderId = grantHolderOf(actor);
  if (holderId === undefined) return (permission) => mayUse(actor, permission);
  const read = ctx.read((reads) => readGrants(reads, holderId, customerIds, ctx.now()));
  return read.then(
    (held) => (permission, customerId) => mayUse(actor, permission) || held(permission, customerId),
  );
}

/** What an active user has been granted about each of these customers, its roles left out of account. */
export async function readGrants(
  reads: Reads,
  holderId: string,
  customerIds: readonly (string | null)[],
  now: Instant,
): Promise<RightsOnCustomers> {
  const ids = [...new Set(customerIds.filter((id) => id !== null))];
  const held = new Set<string>();
  for (let from = 0; from < ids.length; from += MAX_PER_STATEMENT) {
    const rows = await reads.rows<{ permission: Permission; customerId: string }>(
      sql`SELECT customer_grant.permission AS permission, customer_grant.customerId AS customerId
        FROM customer_grant JOIN user_account ON user_account.id = customer_grant.holderId
        WHERE customer_grant.holderId = ${holderId} AND customer_grant.customerId IN ${ids.slice(from, from + MAX_PER_STATEMENT)}
        AND ${hasNotEnded(now)} AND user_account.status = ${UserStatus.ACTIVE}`,
    );
    for (const { permission, customerId } of rows)
      if (isPerCustomer(permission)) held.add(`${permission} ${customerId}`);
  }
  return (permission, customerId) => held.has(`${permission} ${customerId}`);
}

/** Whether each of these users has a permission for some customer at an instant. */
export async function readHeldPermissions(
  reads: Reads,
  holderIds: readonly string[],
  now: Instant,
): Promise<(holderId: string, permission: Permission) => boolean> {
  const held = new Set<string>();
  for (let from = 0; from < holderIds.length; from += MAX_PER_STATEMENT) {
    const rows = await reads.rows<{ holderId: string; permission: Permission }>(
      sql`SELECT DISTINCT customer_grant.holderId AS holderId, customer_grant.permission AS permission FROM customer_grant
        WHERE customer_grant.holderId IN ${holderIds.slice(from, from + MAX_PER_STATEMENT)} AND ${hasNotEnded(now)}`,
    );
    for (const { holderId, permission } of rows) held.add(`${holderId} ${permission}`);
  }
  return (holderId, permission) => isPerCustomer(permission) && held.has(`${holderId} ${permission}`);
}

/** A grant that is limited to a customer, with the user who has it. */
export type HeldGrant = Grant & Required<Pick<Grant, "customerId">> & { holderId: string };

/**
 * Makes what follows from a row exactly these grants, in the transaction that changes the row: none where the list is empty.
 * @param sourceId the row's id
 */
export async function replaceGrants(
  tx: Writes,
  sourceId: string,
  grants: readonly HeldGrant[],
): Promise<void> {
  for (const { permission } of grants)
    if (!isPerCustomer(permission)) throw new Error(`${permission} cannot be limited to a customer`);
  await tx.execute(sql`DELETE FROM customer_grant WHERE sourceId = ${sourceId}`);
  if (grants.length === 0) return;
  await tx.insertAll(
    CustomerGrant,
    grants.map(({ until = null, ...grant }) => ({ ...grant, sourceId, until })),
  );
}
