import type { User } from "../../entities/identity/user";
import type { UserFacts } from "../events/event-map";

/** What an event tells about a user, as it is now. */
export function userFacts({ id: userId, email, displayName, agentRoles, adminRoles }: User): UserFacts {
  return { userId, email, displayName, agentRoles, adminRoles };
}
