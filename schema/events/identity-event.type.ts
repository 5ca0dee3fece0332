import { Field, ID, InterfaceType } from "type-graphql";
import { AdminRole, AgentRole } from "../../entities/identity/user";
import { API_KEY, USER } from "../../src/events/payload-field-docs";
import { DateTimeScalar } from "../scalars";
import { EventInterface, fact, plainEvent, resolveType } from "./event.interface";

/** What every event about a user tells. */
@InterfaceType("UserEvent", {
  description: "Something that happened to a user of your organization.",
  implements: EventInterface,
  resolveType,
})
export abstract class UserEventInterface extends EventInterface {
  @Field(() => ID, fact(USER.userId))
  userId: string;

  @Field(() => String, { ...fact(USER.email), nullable: true })
  email: string | null;

  @Field(() => String, fact(USER.displayName))
  displayName: string;

  @Field(() => [AgentRole], fact(USER.agentRoles))
  agentRoles: AgentRole[] | null;

  @Field(() => [AdminRole], fact(USER.adminRoles))
  adminRoles: AdminRole[] | null;
}

/** What every event about an API key tells. */
@InterfaceType("ApiKeyEvent", {
  description: "Something that happened to an API key of your organization.",
  implements: EventInterface,
  resolveType,
})
export abstract class ApiKeyEventInterface extends EventInterface {
  @Field(() => ID, fact(API_KEY.apiKeyId))
  apiKeyId: string;

  @Field(() => String, fact(API_KEY.name))
  name: string;

  @Field(() => [String], fact(API_KEY.permissions))
  permissions: string[] | null;

  @Field(() => DateTimeScalar, { ...fact(API_KEY.expiresAt), nullable: true })
  expiresAt: string | null;
}

/** The events about users and API keys. */
export const identityEvents = [
  plainEvent("user.added", UserEventInterface),
  plainEvent("user.joined", UserEventInterface),
  plainEvent("user.updated", UserEventInterface),
  plainEvent("user.deactivated", UserEventInterface),
  plainEvent("user.reactivated", UserEventInterface),
  plainEvent("api-key.created", ApiKeyEventInterface),
  plainEvent("api-key.rotated", ApiKeyEventInterface),
  plainEvent("api-key.revoked", ApiKeyEventInterface),
];
