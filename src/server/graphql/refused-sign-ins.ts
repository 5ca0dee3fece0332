import type { Logger } from "pino";
import { DomainError, ErrorKind } from "../../errors/domain-error";
import { ApiKeyRefused, type Credential, TokenRefused } from "../../identity";

/**
 * Tells the operator of a sign-in that was refused, and more than the caller learns: why, and what the token says of
 * itself; never the token or the key. Other errors, such as a database that is away, are told where they are answered.
 */
export function logRefusedSignIn(
  log: Logger,
  requestId: string,
  refusal: unknown,
  credential?: Credential,
): void {
  if (refusal instanceof TokenRefused) {
    const { code, reason, token } = refusal;
    log.info({ requestId, code, reason, token }, "sign-in refused");
  } else if (refusal instanceof ApiKeyRefused) {
    const { code, reason, apiKeyId } = refusal;
    log.info({ requestId, code, reason, apiKeyId }, "sign-in refused");
  } else if (refusal instanceof DomainError && refusal.kind === ErrorKind.UNAUTHENTICATED) {
    log.info({ requestId, code: refusal.code, ...factsOf(credential) }, "sign-in refused");
  }
}

/** Of a token that is good, though nobody here bears it. */
function factsOf(credential: Credential | undefined): object {
  if (credential?.kind !== "TOKEN") return {};
  const { cloud, tenantId: tenant, subject } = credential.claims;
  return { token: { cloud, tenant, subject } };
}
