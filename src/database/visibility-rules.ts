import { type Actor, isOfPartner, organizationOf } from "../access/actor";
import { mayUse } from "../access/allow";
import type { Permission } from "../access/permissions";
import { and, anyOf, byIndex, name, type Sql, sql } from "./sql";

/** One way in which an actor may see rows of a table. */
export interface VisibilityRule {
  /** What the names of its indexes hold, such as `partner_id`. */
  key: string;
  /** The condition on a row of that name: one range of an index. */
  holds: (row: Sql) => Sql;
}

/**
 * The ways in which an actor may see rows that name organizations: a partner's user with the permission by each of these
 * columns without their `Id`, a customer's user by `customerId`, the program itself in every way, others in none.
 */
export function visibilityRulesOf(
  actor: Actor,
  permission: Permission,
  ofPartner: readonly string[],
): VisibilityRule[] {
  if (actor.kind === "SYSTEM") return [{ key: "", holds: () => sql`1 = 1` }];
  if (!mayUse(actor, permission)) return [{ key: "", holds: () => sql`1 = 0` }];
  const me = organizationOf(actor) ?? "";
  return (isOfPartner(actor) ? ofPartner : ["customer"]).map((side) => ({
    key: `${side}_id`,
    holds: (row) => sql`${row}.${name(`${side}Id`)} = ${me}`,
  }));
}

/** The rows of a table that any of these sides lets see, from FROM to its WHERE clause. */
export function visibleBy(table: string, rules: readonly VisibilityRule[]): Sql {
  const row = name(table);
  return sql`FROM ${row} WHERE ${anyOf(rules.map(({ holds }) => holds(row)))}`;
}

/**
 * The same rows as ranges: one for each side and each of these conditions, of which a row has one at most, by the index of
 * that side's name. Of one side and one condition the database finds the index.
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
    const side = sql`FROM ${row} ${isOne ? sql`` : byIndex(indexOf(key))} WHERE ${holds(row)}`;
    return conditions.map((condition) => and(side, condition));
  });
  if (!first) throw new Error("a list has no side from which it is seen");
  return [first, ...others];
}
