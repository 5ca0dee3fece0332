import { isOfPartner, organizationOf } from "../access/actor";
import { mayUse } from "../access/allow";
import { type Caller, grantHolderOf, isPerCustomer } from "../access/grant";
import type { Permission } from "../access/permissions";
import type { Instant } from "../values/instant";
import { and, anyOf, byIndex, name, type Sql, sql } from "./sql";

/** The stored grants of a user that count: those for one of these permissions which have not ended. */
export interface CustomerGrants {
  holderId: string;
  permissions: readonly Permission[];
  now: Instant;
}

/**
 * Which rows a caller may see by a permission: all, none, or those of its organization; of these only what is about the customers of its
 * grants, where it has the permission by such grants alone.
 */
export type Scope =
  | { kind: "ALL" }
  | { kind: "NONE" }
  | { kind: "ORGANIZATION"; side: "partner" | "customer"; organizationId: string; grants?: CustomerGrants };

/** The columns of a table that say whose a row is. */
export interface ScopedColumns {
  /** Each names a partner that may see the row. */
  partner: readonly string[];
  /** Each names a customer that may see the row. */
  customer: readonly string[];
  /** Names the customer that the row is about. Rows of a table without it are for permissions of the whole organization only. */
  about?: string;
}

/** The columns of a table whose rows are of one organization, and about no customer. */
export const OF_ORGANIZATION: ScopedColumns = { partner: ["organizationId"], customer: ["organizationId"] };

/** One way in which a caller may see rows of a table. */
export interface VisibilityRule {
  /** What the names of its indexes hold, such as `partner_id`. */
  key: string;
  /** The condition on a row of that name: one range of an index. */
  holds: (row: Sql) => Sql;
}

/** Which rows a caller may see by a permission, or by any one of several. Reads nothing: grants are looked up by the statement that the scope becomes part of. */
export function scopeOf(caller: Caller, permission: Permission | readonly Permission[]): Scope {
  const { actor } = caller;
  if (actor.kind === "SYSTEM") return { kind: "ALL" };
  const organizationId = organizationOf(actor);
  if (organizationId === undefined) return { kind: "NONE" };
  const anyOne = typeof permission === "string" ? [permission] : permission;
  const side = isOfPartner(actor) ? "partner" : "customer";
  if (anyOne.some((one) => mayUse(actor, one))) return { kind: "ORGANIZATION", side, organizationId };
  const permissions = anyOne.filter(isPerCustomer);
  const holderId = grantHolderOf(actor);
  if (holderId === undefined || permissions.length === 0) return { kind: "NONE" };
  return { kind: "ORGANIZATION", side, organizationId, grants: { holderId, permissions, now: caller.now() } };
}

/** The grants that limit a scope to some customers; undefined where none do. */
export function grantsOf(scope: Scope): CustomerGrants | undefined {
  return scope.kind === "ORGANIZATION" ? scope.grants : undefined;
}

/** The ways in which a scope lets see rows of a table: one for each column that names an organization. */
export function visibilityRules(scope: Scope, { about, ...columns }: ScopedColumns): VisibilityRule[] {
  if (scope.kind === "ALL") return [{ key: "", holds: () => sql`1 = 1` }];
  if (scope.kind === "NONE" || (scope.grants && about === undefined))
    return [{ key: "", holds: () => sql`1 = 0` }];
  const { organizationId, side, grants } = scope;
  return columns[side].map((column) => ({
    key: column.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    holds: (row) => {
      const isOwn = sql`${row}.${name(column)} = ${organizationId}`;
      return grants && about ? sql`(${isOwn} AND ${isGranted(sql`${row}.${name(about)}`, grants)})` : isOwn;
    },
  }));
}

/** The condition that a scope lets see a row of this name. */
export function inScope(scope: Scope, columns: ScopedColumns, row: Sql): Sql {
  return anyOf(visibilityRules(scope, columns).map(({ holds }) => holds(row)));
}

/** The condition that one of these grants is for the customer in a column. */
export function isGranted(column: Sql, grants: CustomerGrants): Sql {
  return sql`${column} IN (SELECT customer_grant.customerId ${fromGrants(grants)})`;
}

/** The condition that there is one of these grants, for whichever customer. */
export function hasGrant(grants: CustomerGrants): Sql {
  return sql`EXISTS (SELECT 1 ${fromGrants(grants)})`;
}

function fromGrants({ holderId, permissions, now }: CustomerGrants): Sql {
  return sql`FROM customer_grant WHERE customer_grant.holderId = ${holderId}
    AND customer_grant.permission IN ${permissions} AND ${hasNotEnded(now)}`;
}

/** The condition that a grant counts at an instant. */
export function hasNotEnded(now: Instant): Sql {
  return sql`(customer_grant.until IS NULL OR customer_grant.until > ${now})`;
}

/** The rows of a table that any of these rules lets see, from FROM to its WHERE clause. */
export function visibleBy(table: string, rules: readonly VisibilityRule[]): Sql {
  const row = name(table);
  return sql`FROM ${row} WHERE ${anyOf(rules.map(({ holds }) => holds(row)))}`;
}

/**
 * The same rows as ranges: one for each rule and each of these conditions, of which a row has one at most, by the index of
 * that rule's key. Of one rule and one condition the database finds the index.
 */
export function rangesOf(
  table: string,
  rules: readonly VisibilityRule[],
  indexOf: (key: string) => string,
  conditions: readonly Sql[],
): [Sql, ...Sql[]] {
  const row = name(table);
  const isOne = rules.length < 2;
  const [first, ...others] = rules.flatMap(({ key, holds }) => {
    const range = sql`FROM ${row} ${isOne ? sql`` : byIndex(indexOf(key))} WHERE ${holds(row)}`;
    return conditions.map((condition) => and(range, condition));
  });
  if (!first) throw new Error("a list has no rule by which it is seen");
  return [first, ...others];
}
