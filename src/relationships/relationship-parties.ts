import { Customer } from "../../entities/customers/customer";
import { Partner } from "../../entities/partners/partner";
import type { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import type { Reads } from "../database/reads";
import { sql } from "../database/sql";

/** Both sides of a relationship that the caller was allowed to read, with one statement. */
export async function getParties(
  reads: Reads,
  { partnerId, customerId }: ResellerRelationship,
): Promise<{ partner: Partner; customer: Customer }> {
  const both = sql`FROM partner JOIN customer ON customer.id = ${customerId} WHERE partner.id = ${partnerId}`;
  const [{ partner, customer } = {}] = await reads.joined({ partner: Partner, customer: Customer }, both);
  if (!partner || !customer) throw new Error("a relationship lacks one of its sides");
  return { partner, customer };
}
