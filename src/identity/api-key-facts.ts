import type { ApiKey } from "../../entities/identity/api-key";
import type { ApiKeyFacts } from "../events/event-map";

/** What an event tells about an API key, as it is now; nothing of its secrets. */
export function apiKeyFacts({ id: apiKeyId, name, permissions, expiresAt }: ApiKey): ApiKeyFacts {
  return { apiKeyId, name, permissions, expiresAt };
}
