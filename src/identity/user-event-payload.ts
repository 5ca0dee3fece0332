import type { User } from "../../entities/identity/user";
import type { EventPayload } from "../events/event-map";

/** What an event tells about a user, as it is now. */
export function userEventPayload({
  id: userId,
  email,
  displayName,
  agentRoles,
  adminRoles,
}: User): EventPayload<"user.added"> {
  return { userId, email, displayName, agentRoles, adminRoles };
}
