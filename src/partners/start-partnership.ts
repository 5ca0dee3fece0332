import { Partner } from "../../entities/partners/partner";
import { Partnership, PartnershipStatus } from "../../entities/partners/partnership";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { Transaction } from "../unit-of-work/transaction";
import { InvalidInput } from "../errors/domain-error";
import { FieldChecks } from "../errors/field-checks";
import { organizationErrors } from "../organizations";
import { createPartnership } from "./create-partnership";
import { partnerErrors } from "./partner.errors";
import { findVisiblePartners, lockPartnership } from "./partner.repository";
import { partnershipRefusals } from "./partnership.policy";

/** Which indirect provider and which indirect reseller shall sell together. */
export interface StartPartnership {
  providerId: string;
  resellerId: string;
}

/** Everything that is wrong with the ids, without looking at what there is. */
export function checkPartnership({ providerId, resellerId }: StartPartnership): FieldChecks {
  return new FieldChecks().id("providerId", providerId, Partner).id("resellerId", resellerId, Partner);
}

/**
 * Joins an indirect provider and an indirect reseller, or joins them again. For the program itself: both have agreed.
 * @throws ID_MALFORMED, PARTNER_NOT_FOUND an id is no partner's
 * @throws PARTNERSHIP_NOT_POSSIBLE programme roles, clouds or markets do not fit (docs/sources.md, partnerships)
 * @throws PARTNERSHIP_ALREADY_ACTIVE they work together already
 */
export async function startPartnership(
  ctx: UseCaseContext,
  { providerId, resellerId }: StartPartnership,
): Promise<{ partnership: Partnership; provider: Partner; reseller: Partner }> {
  checkPartnership({ providerId, resellerId }).done();
  const start = async (tx: Transaction) => {
    const found = await findVisiblePartners(ctx, tx, [providerId, resellerId]);
    const provider = found.find(({ id }) => id === providerId);
    const reseller = found.find(({ id }) => id === resellerId);
    if (!provider || !reseller) {
      const missing = [provider ? [] : notFound("providerId"), reseller ? [] : notFound("resellerId")];
      throw new InvalidInput(missing.flat());
    }
    const refusals = partnershipRefusals(provider, reseller);
    if (refusals.length > 0) throw new InvalidInput(refusals);
    return { partnership: await join(tx, providerId, resellerId), provider, reseller };
  };
  return ctx.transaction(start, { operation: "createPartnership" });
}

async function join(tx: Transaction, providerId: string, resellerId: string): Promise<Partnership> {
  const before = await lockPartnership(tx, providerId, resellerId);
  if (!before) return createPartnership(tx, providerId, resellerId);
  if (before.status === PartnershipStatus.ENDED)
    return tx.update(Partnership, before, { status: PartnershipStatus.ACTIVE });
  throw partnerErrors.PARTNERSHIP_ALREADY_ACTIVE("The two work together already; nothing was changed.", {
    details: { existingId: before.id },
  });
}

function notFound(field: string) {
  return organizationErrors.PARTNER_NOT_FOUND(`${field} names no partner here.`, { field });
}
