import { DomainError } from "../errors/domain-error";
import { generalErrors } from "../errors/general.errors";

/** Why an API key was not believed; all but the first are the same answer for the caller. */
export type ApiKeyRefusalReason = "mistyped" | "unknown" | "revoked" | "expired" | "rotated out";

/** An API key was not believed: the code and message are the caller's, the reason and whose key it was the log's. */
export class ApiKeyRefused extends DomainError {
  constructor(
    readonly reason: ApiKeyRefusalReason,
    readonly apiKeyId?: string,
  ) {
    const { code, kind, message } = generalErrors.API_KEY_INVALID(
      reason === "mistyped"
        ? "The API key is mistyped: its checksum does not fit. Copy it whole, 53 characters that begin with pgk_."
        : "The API key is not valid: unknown, revoked or expired. A Global admin of your organization can make a new one.",
    );
    super(code, kind, message);
  }
}
