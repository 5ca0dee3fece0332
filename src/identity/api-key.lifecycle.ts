import { ApiKeyStatus } from "../../entities/identity/api-key";
import type { Instant } from "../values/instant";
import { apiKeyErrors } from "./api-key.errors";

interface ApiKeyState {
  status: ApiKeyStatus;
  expiresAt: Instant | null;
  revokedAt: Instant | null;
}

/** Where an API key stands at an instant: an active one is expired as soon as its end has come. */
export function apiKeyStatusAt(key: ApiKeyState, now: Instant): ApiKeyStatus {
  const isOver = key.status === ApiKeyStatus.ACTIVE && key.expiresAt !== null && now >= key.expiresAt;
  return isOver ? ApiKeyStatus.EXPIRED : key.status;
}

/**
 * Passes a key that may get a new secret: an active one.
 * @throws API_KEY_ALREADY_REVOKED, API_KEY_EXPIRED saying which it is
 */
export function ensureRotatable(key: ApiKeyState, now: Instant): void {
  ensureNotRevoked(key);
  if (apiKeyStatusAt(key, now) !== ApiKeyStatus.EXPIRED) return;
  throw apiKeyErrors.API_KEY_EXPIRED(
    `The API key expired at ${key.expiresAt}, so it cannot be rotated. Create a new one.`,
    { field: "apiKeyId" },
  );
}

/**
 * From active, or expired, to revoked.
 * @throws API_KEY_ALREADY_REVOKED it was revoked before
 */
export function revoke(key: ApiKeyState): ApiKeyStatus {
  ensureNotRevoked(key);
  return ApiKeyStatus.REVOKED;
}

function ensureNotRevoked(key: ApiKeyState): void {
  if (key.status !== ApiKeyStatus.REVOKED) return;
  throw apiKeyErrors.API_KEY_ALREADY_REVOKED(
    `The API key was revoked at ${key.revokedAt}, for good. Create a new one.`,
    { field: "apiKeyId" },
  );
}
