import type { SelectQueryBuilder } from "typeorm";
import { Partner } from "../../entities/partners/partner";
import { Partnership, PartnershipStatus } from "../../entities/partners/partnership";
import { type Actor, organizationOf } from "../access/actor";
import type { Reads } from "../database/reads";
import type { Transaction } from "../database/transaction";

/**
 * The partners that an actor may see: its own; those it has a partnership with now; and, for a customer, those it
 * has or had a relationship with. Every read of partners on behalf of somebody starts here.
 */
export function partnersVisibleTo(actor: Actor, reads: Reads): SelectQueryBuilder<Partner> {
  const select = reads.from(Partner, "partner");
  const organizationId = organizationOf(actor);
  switch (actor.kind) {
    case "SYSTEM":
      return select;
    case "PROSPECT":
      return select.where("1 = 0");
    case "CUSTOMER_USER":
    case "CUSTOMER_KEY":
      return select.where(
        "partner.id IN (SELECT relation.partnerId FROM reseller_relationship relation WHERE relation.customerId = :organizationId)",
        { organizationId },
      );
    case "PARTNER_USER":
    case "PARTNER_KEY":
      return select.where(`(partner.id = :organizationId OR partner.id IN (${COUNTERPARTS}))`, {
        organizationId,
        ...ACTIVE,
      });
  }
}

/** The partners that `:organizationId` has an active partnership with; its parameters are ACTIVE and that id. */
const COUNTERPARTS = `
  SELECT asReseller.providerId FROM partnership asReseller
  WHERE asReseller.resellerId = :organizationId AND asReseller.status = :activePartnership
  UNION ALL
  SELECT asProvider.resellerId FROM partnership asProvider
  WHERE asProvider.providerId = :organizationId AND asProvider.status = :activePartnership`;
const ACTIVE = { activePartnership: PartnershipStatus.ACTIVE };

/** The partners of these ids that the actor may see. */
export function findVisiblePartners(actor: Actor, reads: Reads, ids: readonly string[]): Promise<Partner[]> {
  return partnersVisibleTo(actor, reads).andWhere("partner.id IN (:...ids)", { ids }).getMany();
}

/** The indirect providers that a reseller has an active partnership with, by name. */
export function findProvidersOf(reads: Reads, resellerId: string): Promise<Partner[]> {
  return reads
    .from(Partner, "partner")
    .innerJoin(Partnership, "partnership", "partnership.providerId = partner.id")
    .where("partnership.resellerId = :resellerId AND partnership.status = :status", {
      resellerId,
      status: PartnershipStatus.ACTIVE,
    })
    .orderBy("partner.name")
    .getMany();
}

/** One partner by id, for a use case that knows it from a row it was allowed to read. */
export function getPartner(reads: Reads, id: string): Promise<Partner> {
  return reads.from(Partner, "partner").where("partner.id = :id", { id }).getOneOrFail();
}

/** The partnership of a provider and a reseller, whether it holds now or not, locked until the end of the transaction. */
export function lockPartnership(
  tx: Transaction,
  providerId: string,
  resellerId: string,
): Promise<Partnership | null> {
  const select = tx
    .from(Partnership, "partnership")
    .where("partnership.providerId = :providerId AND partnership.resellerId = :resellerId", {
      providerId,
      resellerId,
    });
  return tx.locked(select).getOne();
}
