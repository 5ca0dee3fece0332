import { errors, type JWTHeaderParameters, type JWTPayload, jwtVerify, type CryptoKey } from "jose";
import type { OidcSettings } from "../config/oidc-settings";
import { type Clock, systemClock } from "../values/instant";
import type { Cloud } from "../../entities/partners/partner";
import { emailAddressProblem, normalizeEmailAddress } from "../values/email-address";
import { normalizeTenantId, tenantIdProblem } from "../values/tenant-id";
import { isDamaged } from "../values/utf8";
import { readUnchecked, tokenRefused, type UncheckedToken } from "./token-refused";

/** Somebody whose signed tokens we believe, about the organizations of one cloud. */
export interface TrustedIssuer extends OidcSettings {
  /**
   * Finds the public key of a token of one tenant.
   * @throws JWKSNoMatchingKey the issuer has no such key
   * @throws KeysUnavailable nobody can say now
   */
  keys: (header: JWTHeaderParameters, tenantId: string) => Promise<CryptoKey>;
  /** Another object whenever the issuer has been asked again: it may have withdrawn a key. Absent where keys never change. */
  keySet?: () => object | undefined;
}

/** What a good token says. */
export interface TokenClaims {
  /** In its one spelling: see normalizeTenantId. */
  tenantId: string;
  subject: string;
  /** In its one spelling; empty where the issuer tells none that is one, or does not vouch for it. */
  email: string;
  displayName: string;
  /** Whether the issuer says that the person is Global admin of its organization. */
  isGlobalAdmin: boolean;
  cloud: Cloud;
  /** When the token ends, in milliseconds since 1970. */
  expiresAt: number;
}

const CLOCK_SKEW_SECONDS = 30;

/** By how much an issuer's clock may differ, in milliseconds. */
export const TOKEN_TOLERANCE_MS = CLOCK_SKEW_SECONDS * 1_000;

const MAX_SUBJECT_LENGTH = 200;
const MAX_NAME_LENGTH = 200;

/** JWT, and the access tokens of RFC 9068; a token made for something else, such as a logout, is no sign-in. */
const TOKEN_TYPE = /^(application\/)?(at\+)?jwt$/i;

/** The claims by which issuers say whether an e-mail address is the person's own: OpenID Connect's and Entra's. */
const EMAIL_VOUCHERS = ["email_verified", "xms_edov"];
const YES: unknown[] = [true, "true", 1, "1"];

/** What stands for the tenant id in the configured name of an issuer that has one for each tenant. */
const TENANT_PLACEHOLDER = "{tenantid}";

/** The `iss` of a tenant's tokens, where the configured issuer has `{tenantid}` in it; `tenantId` is put there as it is. */
export function issuerOfTenant(issuer: string, tenantId: string): string {
  return issuer.split(TENANT_PLACEHOLDER).join(tenantId);
}

/**
 * Checks a bearer token: issuer, signature, algorithm, type, audience and times, with half a minute between clocks.
 * @throws TOKEN_EXPIRED it was good; TOKEN_INVALID it fails another check; the operator's reason is in TokenRefused
 * @throws SIGN_IN_UNAVAILABLE the issuer's keys are not known, and it cannot be asked now
 */
export async function verifyToken(
  issuers: readonly TrustedIssuer[],
  token: string,
  clock: Clock = systemClock,
): Promise<TokenClaims> {
  const unchecked = readUnchecked(token);
  let trusted: TrustedIssuer | undefined;
  try {
    if (!unchecked) throw new errors.JWTInvalid("it is not a JWT");
    trusted = issuerOf(unchecked, issuers);
    const { claims, audiences: audience, algorithms, keys } = trusted;
    const tenantId = tenantOf(unchecked.payload, trusted);
    const now = new Date(clock());
    const find = (header: JWTHeaderParameters) => keys(header, normalizeTenantId(tenantId));
    const { payload, protectedHeader } = await jwtVerify(token, find, {
      issuer: issuersOf(trusted, tenantId),
      audience,
      algorithms,
      clockTolerance: CLOCK_SKEW_SECONDS,
      requiredClaims: ["exp", claims.subject, claims.tenant],
      currentDate: now,
    });
    ensureKindAndAge(protectedHeader, payload, now);
    return claimsOf(payload, trusted);
  } catch (error) {
    throw tokenRefused(error, unchecked, trusted?.claims);
  }
}

function issuerOf({ payload }: UncheckedToken, issuers: readonly TrustedIssuer[]): TrustedIssuer {
  const trusted = issuers.find((each) =>
    issuersOf(each, tenantOf(payload, each)).some((issuer) => issuer === payload.iss),
  );
  if (!trusted) throw new errors.JWTInvalid("wrong issuer: none that is configured, or not its tenant's");
  return trusted;
}

/** The `iss` of a tenant's tokens: with the tenant id as the token spells it, or in its one spelling. */
function issuersOf({ issuer }: TrustedIssuer, tenantId: string): string[] {
  if (!issuer.includes(TENANT_PLACEHOLDER)) return [issuer];
  return [issuerOfTenant(issuer, tenantId), issuerOfTenant(issuer, normalizeTenantId(tenantId))];
}

function tenantOf(payload: JWTPayload, { claims }: TrustedIssuer): string {
  return text(payload[claims.tenant]);
}

function ensureKindAndAge({ typ }: JWTHeaderParameters, { iat = 0 }: JWTPayload, now: Date): void {
  if (typ !== undefined && !(typeof typ === "string" && TOKEN_TYPE.test(typ)))
    throw new errors.JWTInvalid("wrong type of token");
  if (iat > now.getTime() / 1000 + CLOCK_SKEW_SECONDS)
    throw new errors.JWTInvalid("it is issued in the future");
}

function claimsOf(payload: JWTPayload, { claims, cloud, globalAdminRole }: TrustedIssuer): TokenClaims {
  const tenantId = text(payload[claims.tenant]);
  const subject = text(payload[claims.subject]);
  // Required claims may still be empty or no text, and then all such people would be one.
  if (tenantId !== tenantId.trim() || tenantIdProblem(tenantId) !== undefined)
    throw new errors.JWTInvalid(`the claim ${claims.tenant} names no tenant`);
  if (!isNameable(subject)) throw new errors.JWTInvalid(`the claim ${claims.subject} names nobody`);
  const roles = payload[claims.roles];
  const email = emailOf(payload, claims.email);
  return {
    tenantId: normalizeTenantId(tenantId),
    subject,
    email,
    displayName: displayable(text(payload[claims.name])) || email || subject,
    isGlobalAdmin: Array.isArray(roles) && roles.includes(globalAdminRole),
    cloud,
    expiresAt: (payload.exp ?? 0) * 1000,
  };
}

/** Users are recognized by it, so an address that the issuer does not vouch for is none. */
function emailOf(payload: JWTPayload, claim: string): string {
  const isDoubted = EMAIL_VOUCHERS.some(
    (voucher) => payload[voucher] !== undefined && !YES.includes(payload[voucher]),
  );
  const email = text(payload[claim]);
  return isDoubted || emailAddressProblem(email) !== undefined ? "" : normalizeEmailAddress(email);
}

/** Fit for one line of a page and for its column, whatever the person wrote into the issuer's profile; empty when damaged. */
function displayable(name: string): string {
  if (isDamaged(name)) return "";
  const line = name.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
  return [...line].slice(0, MAX_NAME_LENGTH).join("");
}

function isNameable(id: string): boolean {
  const hasLength = id.length > 0 && id.length <= MAX_SUBJECT_LENGTH;
  return hasLength && id === id.trim() && !/\p{Cc}/u.test(id) && !isDamaged(id);
}

function text(claim: unknown): string {
  return typeof claim === "string" ? claim : "";
}
