import { DomainError, ErrorKind } from "../../errors/domain-error";
import { ApiKeyRefused, type Credential, TokenRefused } from "../../identity";
import type { Services } from "../services";

/**
 * Tells the operator of a sign-in that was refused, and more than the caller learns: why, and what the token says of
 * itself; never the token or the key. Other errors, such as a database that is away, are told where they are answered.
 */
export function logRefusedSignIn(
  { log, meter }: Pick<Services, "log" | "meter">,
  requestId: string,
  refusal: unknown,
  credential?: Credential,
): void {
  if (refusal instanceof TokenRefused) {
    const { code, reason, token } = refusal;
    meter.signInRefused(code, refusal.sort);
    log.info({ requestId, code, reason, token }, "sign-in refused");
  } else if (refusal instanceof ApiKeyRefused) {
    const { code, reason, apiKeyId } = refusal;
    meter.signInRefused(code, reason);
    log.info({ requestId, code, reason, apiKeyId }, "sign-in refused");
  } else if (refusal instanceof DomainError && refusal.kind === ErrorKind.UNAUTHENTICATED) {
    meter.signInRefused(refusal.code);
    log.info({ requestId, code: refusal.code, ...factsOf(credential) }, "sign-in refused");
  }
}

/** Of a token that is good, though nobody here bears it. */
function factsOf(credential: Credential | undefined): object {
  if (credential?.kind !== "TOKEN") return {};
  const { cloud, tenantId: tenant, subject } = credential.claims;
  return { token: { cloud, tenant, subject } };
}
