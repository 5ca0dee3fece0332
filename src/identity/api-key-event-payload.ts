import type { ApiKey } from "../../entities/identity/api-key";
import type { EventPayload } from "../events/event-map";

/** What an event tells about an API key, as it is now; nothing of its secrets. */
export function apiKeyEventPayload({
  id: apiKeyId,
  name,
  permissions,
  expiresAt,
}: ApiKey): EventPayload<"api-key.created"> {
  return { apiKeyId, name, permissions, expiresAt };
}
