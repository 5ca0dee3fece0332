import { createHash } from "node:crypto";
import { type TokenClaims, type TrustedIssuer, verifyToken } from "./token-issuers";

/** A key that its issuer withdrew is believed for ten minutes anyway; this is as much longer as a token may be. */
const BELIEVED_MS = 60_000;
const MOST_BELIEVED = 10_000;

interface Believed {
  claims: TokenClaims;
  until: number;
}

/**
 * Checks bearer tokens, and believes a good one for a minute without checking its signature again: that alone costs
 * more than all else that a small request does. Whether its bearer still may do anything is the directory's to say.
 */
export class BelievedTokens {
  private readonly believed = new Map<string, Believed>();

  constructor(readonly issuers: readonly TrustedIssuer[]) {}

  /**
   * What a token says. Kept by its hash, so that no memory dump holds anybody's token.
   * @throws TOKEN_EXPIRED, TOKEN_INVALID, SIGN_IN_UNAVAILABLE as `verifyToken` does
   */
  async claimsOf(token: string): Promise<TokenClaims> {
    const hash = createHash("sha256").update(token).digest("base64");
    const known = this.believed.get(hash);
    // An ended one may still be within the tolerance between clocks, which is verifyToken's to judge.
    if (known && performance.now() < known.until && Date.now() < known.claims.expiresAt) return known.claims;
    this.believed.delete(hash);
    const claims = await verifyToken(this.issuers, token);
    this.believed.set(hash, { claims, until: performance.now() + BELIEVED_MS });
    const [oldest] = this.believed.keys();
    if (this.believed.size > MOST_BELIEVED && oldest !== undefined) this.believed.delete(oldest);
    return claims;
  }
}
