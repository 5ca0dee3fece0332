import { hash as hashOf } from "node:crypto";
import { type Clock, epochMs, systemClock } from "../values/instant";
import { BoundedCache } from "../context/bounded-cache";
import { TOKEN_TOLERANCE_MS, type TokenClaims, type TrustedIssuer, verifyToken } from "./token-issuers";

/** An issuer whose keys are old is asked again at the next check, which must not be put off for ever. */
const VERIFIED_MS = 60_000;
const MAX_CACHED_TOKENS = 10_000;
/** For this long a token that was good is told apart from one that nobody has seen. */
const FAMILIAR_MS = 600_000;

/**
 * Checks bearer tokens, and believes a good one for a minute without checking its signature again: that alone costs
 * more than all else that a small request does. None is accepted any more once an issuer tells its keys anew. Whether
 * its bearer still may do anything is the directory's to say.
 */
export class VerifiedTokenCache {
  private readonly verified = new BoundedCache<string, TokenClaims>({
    ...{ ttlMs: VERIFIED_MS, maxEntries: MAX_CACHED_TOKENS },
  });
  private readonly verifiedLately = new BoundedCache<string, TokenClaims>({
    ...{ ttlMs: FAMILIAR_MS, maxEntries: MAX_CACHED_TOKENS },
  });
  private keySets: unknown[] = [];

  /** `now` is the time by which tokens begin and end. */
  constructor(
    readonly issuers: readonly TrustedIssuer[],
    private readonly now: Clock = systemClock,
  ) {}

  /**
   * What a token says. Kept by its hash, so that no memory dump holds anybody's token.
   * @throws TOKEN_EXPIRED, TOKEN_INVALID, SIGN_IN_UNAVAILABLE as `verifyToken` does
   */
  async claimsOf(token: string): Promise<TokenClaims> {
    const hash = hashOf("sha256", token, "base64");
    this.forgetIfKeysChanged();
    const known = this.verified.get(hash);
    // It is kept for a time; where the clock was set forward meanwhile, it may have ended.
    if (known && known.expiresAt + TOKEN_TOLERANCE_MS > epochMs(this.now())) return known;
    const claims = await verifyToken(this.issuers, token, this.now);
    // Checked perhaps by a key that was withdrawn meanwhile; the next request tells.
    if (this.forgetIfKeysChanged()) return claims;
    // An ended one may still be within the tolerance between clocks, which is verifyToken's to judge.
    this.verified.set(hash, claims, { ttlMs: claims.expiresAt - Date.parse(this.now()) });
    this.verifiedLately.set(hash, claims);
    return claims;
  }

  /**
   * What a token said when it was verified within the last ten minutes; undefined for every other. Checks no signature,
   * so nobody is signed in by it: it only tells whether checking is worth the work.
   */
  claimsSeen(token: string): TokenClaims | undefined {
    return this.verifiedLately.get(hashOf("sha256", token, "base64"));
  }

  private forgetIfKeysChanged(): boolean {
    const haveChanged = this.issuers.some(({ keySet }, at) => keySet && keySet() !== this.keySets[at]);
    if (!haveChanged) return false;
    this.keySets = this.issuers.map(({ keySet }) => keySet?.());
    this.verified.remove();
    return true;
  }
}
