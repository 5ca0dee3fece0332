import { decodeJwt, decodeProtectedHeader, errors, type JWTHeaderParameters, type JWTPayload } from "jose";
import { DomainError } from "../errors/domain-error";
import { generalErrors } from "../errors/general.errors";
import { KeysUnavailable } from "./issuer-keys";

/** What a token says of itself before anybody has checked its signature. */
export interface UncheckedToken {
  header: JWTHeaderParameters | Record<string, never>;
  payload: JWTPayload;
}

/** What an operator may read of a refused token: its own words, not believed, and cut where they are long. */
export interface TokenLogFields {
  iss?: string;
  aud?: string;
  tenant?: string;
  subject?: string;
  alg?: string;
  kid?: string;
  typ?: string;
}

/** A token was not believed: the code and message are the caller's, the reason is for the operator's log alone. */
export class TokenRefused extends DomainError {
  constructor(
    refusal: DomainError,
    readonly reason: string,
    /** The reason in our words alone, and so one of few. */
    readonly sort: string,
    readonly token: TokenLogFields,
  ) {
    super(refusal.code, refusal.kind, refusal.message, refusal.field, refusal.details);
  }
}

/** Which claims of the token's issuer name tenant and subject. */
export interface NamingClaims {
  tenant: string;
  subject: string;
}

const RETRY_SECONDS = 5;
const MAX_LOGGED_LENGTH = 200;

const BY_CODE: Record<string, string> = {
  [errors.JWTExpired.code]: "it has expired",
  [errors.JOSEAlgNotAllowed.code]: "the algorithm is not allowed",
  [errors.JWKSNoMatchingKey.code]: "the issuer has no such key for this algorithm",
  [errors.JWKSMultipleMatchingKeys.code]: "it names no key, and the issuer has several",
  [errors.JWSSignatureVerificationFailed.code]: "the signature is wrong",
};

const BY_CLAIM: Record<string, string> = {
  aud: "wrong audience",
  iss: "wrong issuer",
  nbf: "it is not valid yet",
};

/** Reads a token without believing it; nothing where it is no JWT. */
export function readUnchecked(token: string): UncheckedToken | undefined {
  try {
    return { header: decodeProtectedHeader(token) as JWTHeaderParameters, payload: decodeJwt(token) };
  } catch {
    return undefined;
  }
}

/** The refusal of a token for an error met while checking it. */
export function tokenRefused(
  error: unknown,
  { header, payload }: UncheckedToken = { header: {}, payload: {} },
  naming: NamingClaims = { tenant: "tid", subject: "sub" },
): TokenRefused {
  const facts = {
    iss: fact(payload.iss),
    aud: fact([payload.aud].flat().join(" ")),
    tenant: fact(payload[naming.tenant]),
    subject: fact(payload[naming.subject]),
    alg: fact(header.alg),
    kid: fact(header.kid),
    typ: fact(header.typ),
  };
  const sort = sortOf(error);
  return new TokenRefused(publicRefusal(error), sort ?? reasonOf(error), sort ?? "other", facts);
}

function publicRefusal(error: unknown): DomainError {
  if (error instanceof KeysUnavailable) {
    return generalErrors.SIGN_IN_UNAVAILABLE(
      "The token's issuer cannot be asked for its keys now. Try again.",
      { details: { retryAfterSeconds: RETRY_SECONDS } },
    );
  }
  return error instanceof errors.JWTExpired
    ? generalErrors.TOKEN_EXPIRED("The bearer token has expired. Get a new one.")
    : generalErrors.TOKEN_INVALID("The bearer token is not valid for this server.");
}

function sortOf(error: unknown): string | undefined {
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.reason === "missing") return `the claim ${error.claim} is missing`;
    return BY_CLAIM[error.claim] ?? `the claim ${error.claim} is not valid`;
  }
  // Ours, and those of the library that quote nothing.
  if (error instanceof errors.JWTInvalid || error instanceof KeysUnavailable) return error.message;
  return error instanceof errors.JOSEError ? BY_CODE[error.code] : undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : "unknown";
}

function fact(said: unknown): string | undefined {
  return typeof said === "string" && said !== "" ? said.slice(0, MAX_LOGGED_LENGTH) : undefined;
}
