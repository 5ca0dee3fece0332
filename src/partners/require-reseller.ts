import { ProgrammeRole } from "../../entities/partners/partner";
import type { PurchaseRequirement } from "../unit-of-work/contributions";
import { organizationErrors } from "../organizations";
import { findVisiblePartners } from "./partner.repository";

/**
 * A purchase that names a reseller of record takes a partnership with it.
 * @throws PARTNER_NOT_FOUND the seller works with no such reseller
 */
export const requireReseller: PurchaseRequirement = async (tx, { caller, resellerId }) => {
  if (!resellerId) return;
  // The caller may see itself and its own providers too; the reseller of record is none of them.
  const [found] = await findVisiblePartners(caller, tx, [resellerId]);
  if (found?.programmeRole === ProgrammeRole.INDIRECT_RESELLER) return;
  throw organizationErrors.PARTNER_NOT_FOUND("You work with no such reseller.", { field: "resellerId" });
};
