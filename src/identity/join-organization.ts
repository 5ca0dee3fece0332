import { User, UserStatus } from "../../entities/identity/user";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { Transaction } from "../unit-of-work/transaction";
import { normalizeEmailAddress } from "../values/email-address";
import { userEventPayload } from "./user-event-payload";
import type { TokenClaims } from "./token-issuers";
import { findUserBySubject, lockUserByEmail } from "./user.repository";

/**
 * Makes the invited user of an organization the user of the person who signs in with its e-mail address for the first
 * time, and tells the organization. Does nothing where nobody with this address waits, or the person has a user; so of
 * two first requests at once, one does it. The issuer must vouch for the address: whoever has it gets the user's roles.
 */
export async function joinOrganization(
  ctx: UseCaseContext,
  { subject, email }: Pick<TokenClaims, "subject" | "email">,
  organizationId: string,
): Promise<void> {
  const join = async (tx: Transaction) => {
    const invited = await lockUserByEmail(tx, organizationId, normalizeEmailAddress(email));
    if (invited?.status !== UserStatus.INVITED || invited.subject !== null) return;
    if (await findUserBySubject(tx, organizationId, subject)) return;
    const user = await tx.update(User, invited, { subject, status: UserStatus.ACTIVE });
    tx.record("user.joined", userEventPayload(user), organizationId);
  };
  await ctx.transaction(join, { operation: "joinOrganization" });
}
