import type { User } from "../../entities/identity/user";
import type { UserEventPayload } from "../events/event-map";

/** What an event tells about a user, as it is now. */
export function userEventPayload({
  id: userId,
  email,
  displayName,
  agentRoles,
  adminRoles,
}: User): UserEventPayload {
  return { userId, email, displayName, agentRoles, adminRoles };
}
