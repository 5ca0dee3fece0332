import { decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import type { Cloud } from "../../entities/partners/partner";
import { generalErrors } from "../errors/general.errors";

/** Somebody whose signed tokens we believe. */
export interface TrustedIssuer {
  /** The `iss` its tokens bear. */
  issuer: string;
  /** The `aud` that says a token is for this server. */
  audience: string;
  /** Finds the public key of a token. */
  keys: JWTVerifyGetKey;
  /** The only signature algorithms taken. */
  algorithms: string[];
  /** The cloud that its organizations live in. */
  cloud: Cloud;
}

/** What a good token says. */
export interface TokenClaims {
  tenantId: string;
  subject: string;
  email: string;
  displayName: string;
  /** Whether the issuer says that the person is Global admin of its organization. */
  isGlobalAdmin: boolean;
  cloud: Cloud;
  /** When the token ends, in milliseconds since 1970. */
  expiresAt: number;
}

/** The id by which Microsoft Entra ID names the Global Administrator role in a token's `wids` claim. */
export const GLOBAL_ADMIN_ROLE_ID = "62e90394-69f5-4237-9190-012177145e10";

const CLOCK_SKEW_SECONDS = 30;

/**
 * Checks a bearer token: signature, algorithm, issuer, audience and times.
 * @throws TOKEN_INVALID it fails one of them; the message says no more than that it expired or is not valid
 */
export async function verifyToken(issuers: TrustedIssuer[], token: string): Promise<TokenClaims> {
  try {
    const { iss } = decodeJwt(token);
    const trusted = issuers.find(({ issuer }) => issuer === iss);
    if (!trusted) throw new errors.JWTInvalid("unknown issuer");
    const { issuer, audience, algorithms, cloud } = trusted;
    const options = {
      issuer,
      audience,
      algorithms,
      clockTolerance: CLOCK_SKEW_SECONDS,
      requiredClaims: ["exp", "sub", "tid"],
    };
    const { payload } = await jwtVerify(token, trusted.keys, options);
    const claims = claimsOf(payload, cloud);
    // Required claims may still be empty or no text, and then all such people would be one.
    if (!isNameable(claims.tenantId, 64) || !isNameable(claims.subject, 200)) {
      throw new errors.JWTInvalid("tid and sub must be text of bounded length");
    }
    return claims;
  } catch (error) {
    const message =
      error instanceof errors.JWTExpired
        ? "The bearer token has expired. Get a new one."
        : "The bearer token is not valid for this server.";
    throw generalErrors.TOKEN_INVALID(message);
  }
}

function isNameable(id: string, most: number): boolean {
  return id.length > 0 && id.length <= most && id === id.trim();
}

function claimsOf(payload: JWTPayload, cloud: Cloud): TokenClaims {
  const text = (claim: unknown) => (typeof claim === "string" ? claim : "");
  const roleIds = Array.isArray(payload.wids) ? (payload.wids as unknown[]) : [];
  const email = text(payload.email) || text(payload.preferred_username);
  return {
    tenantId: text(payload.tid),
    subject: text(payload.sub),
    email: email.toLowerCase(),
    displayName: text(payload.name) || email,
    isGlobalAdmin: roleIds.includes(GLOBAL_ADMIN_ROLE_ID),
    cloud,
    expiresAt: (payload.exp ?? 0) * 1000,
  };
}
