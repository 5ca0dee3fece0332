import { Partner } from "../../entities/partners/partner";
import { Partnership, PartnershipStatus } from "../../entities/partners/partnership";
import { type Actor, organizationOf } from "../access/actor";
import { mayUse } from "../access/allow";
import type { Caller } from "../access/grant";
import { allPermissions } from "../access/permissions";
import type { Reads } from "../database/reads";
import { MAX_CANDIDATES } from "../database/keyset-order";
import { countRows } from "../database/paging";
import { type CustomerGrants, isGranted, scopeOf } from "../database/scope";
import { limit, type Sql, sql } from "../database/sql";
import type { Transaction } from "../unit-of-work/transaction";

/** What others may see of a partner. */
export type VisiblePartner = Pick<Partner, "id" | "name" | "programmeRole" | "country" | "cloud" | "domain">;

/** What invitations, relationships and subscriptions hold names partners; who has to do with none of them sees only its own. */
const NAMING_PARTNERS = allPermissions.filter((name) =>
  /^(invitation|relationship|subscription)\./.test(name),
);

/** Whether an actor may see all partners that its organization has to do with. */
export function maySeePartners(actor: Actor): boolean {
  return NAMING_PARTNERS.some((permission) => mayUse(actor, permission));
}

/**
 * The partners that a caller may see: its own; with a permission that tells of others, those it has a partnership with now and, for a
 * customer, those it has or had a relationship with. Of the partners in partnership, grants on single customers show those that have
 * or had a relationship with one of these customers. Every read of partners on behalf of somebody starts here.
 */
export function partnersVisibleTo(caller: Caller): Sql {
  const scope = scopeOf(caller, NAMING_PARTNERS);
  if (scope.kind === "ALL") return sql`FROM partner WHERE 1 = 1`;
  if (scope.kind === "NONE")
    return sql`FROM partner WHERE partner.id = ${organizationOf(caller.actor) ?? ""}`;
  const { organizationId: me, grants } = scope;
  if (scope.side === "customer")
    return sql`FROM partner WHERE partner.id IN (
        SELECT relation.partnerId FROM reseller_relationship relation WHERE relation.customerId = ${me})`;
  return sql`FROM partner WHERE (partner.id = ${me} OR partner.id IN (
        SELECT asReseller.providerId FROM partnership asReseller
        WHERE asReseller.resellerId = ${me} AND asReseller.status = ${PartnershipStatus.ACTIVE}
        UNION ALL
        SELECT asProvider.resellerId FROM partnership asProvider
        WHERE asProvider.providerId = ${me} AND asProvider.status = ${PartnershipStatus.ACTIVE})${grants ? servesGranted(grants) : sql``})`;
}

/** Narrows other partners to those that have to do with a customer that there is a grant for. */
function servesGranted(grants: CustomerGrants): Sql {
  return sql` AND EXISTS (SELECT 1 FROM reseller_relationship relation
    WHERE relation.partnerId = partner.id AND ${isGranted(sql`relation.customerId`, grants)})`;
}

/** The partners of these ids that the caller may see. */
export function findVisiblePartners(
  caller: Caller,
  reads: Reads,
  ids: readonly string[],
): Promise<Partner[]> {
  const me = organizationOf(caller.actor);
  // Most ask for their own only, which everybody sees: nothing needs to be known of partnerships.
  if (me !== undefined && ids.every((id) => id === me)) return reads.find(Partner, { where: { id: me } });
  return reads.all(Partner, sql`${partnersVisibleTo(caller)} AND partner.id IN ${ids}`);
}

/** The first of the indirect providers that a reseller has an active partnership with, by name. */
export function findProvidersOf(reads: Reads, resellerId: string, first: number): Promise<Partner[]> {
  return reads.all(
    Partner,
    sql`FROM (SELECT providerId ${partnershipsOf(resellerId)}${limit(MAX_CANDIDATES)}) listed
      JOIN partner ON partner.id = listed.providerId ORDER BY partner.name, partner.id${limit(first)}`,
  );
}

/** How many indirect providers a reseller has an active partnership with; MAX_COUNT + 1 where there are more. */
export async function countProvidersOf(reads: Reads, resellerId: string): Promise<number> {
  return (await countRows(reads, [partnershipsOf(resellerId)])) ?? 0;
}

function partnershipsOf(resellerId: string): Sql {
  return sql`FROM partnership WHERE resellerId = ${resellerId} AND status = ${PartnershipStatus.ACTIVE}`;
}

/** The indirect provider of this id, where a reseller has an active partnership with it. */
export function findProviderOf(
  reads: Reads,
  resellerId: string,
  providerId: string,
): Promise<Partner | null> {
  return reads.one(
    Partner,
    sql`FROM partner WHERE id = ${providerId}
      AND EXISTS (SELECT 1 ${partnershipsOf(resellerId)} AND providerId = ${providerId})`,
  );
}

/** The partnership of a provider and a reseller, whether it holds now or not, locked until the end of the transaction. */
export function lockPartnership(
  tx: Transaction,
  providerId: string,
  resellerId: string,
): Promise<Partnership | null> {
  return tx.findOneLocked(Partnership, { where: { providerId, resellerId } });
}
