import { Field, ID, InterfaceType } from "type-graphql";
import { AdminRole, AgentRole } from "../../entities/identity/user";
import { DateTimeScalar } from "../scalars";
import { EventInterface, plainEvent, resolveType } from "./event.interface";

/** What every event about a user tells. */
@InterfaceType("UserEvent", {
  description: "Something that happened to a user of your organization.",
  implements: EventInterface,
  resolveType,
})
export abstract class UserEventInterface extends EventInterface {
  @Field(() => ID, { description: "The user's id." })
  userId: string;

  @Field(() => String, { nullable: true, description: "The user's e-mail address." })
  email: string | null;

  @Field(() => String, { description: "The user's name." })
  displayName: string;

  @Field(() => [AgentRole], { description: "Its agent roles then." })
  agentRoles: AgentRole[];

  @Field(() => [AdminRole], { description: "Its admin roles then." })
  adminRoles: AdminRole[];
}

/** What every event about an API key tells. */
@InterfaceType("ApiKeyEvent", {
  description: "Something that happened to an API key of your organization.",
  implements: EventInterface,
  resolveType,
})
export abstract class ApiKeyEventInterface extends EventInterface {
  @Field(() => ID, { description: "The API key's id." })
  apiKeyId: string;

  @Field(() => String, { description: "The API key's name." })
  name: string;

  @Field(() => [String], { description: "The permissions that it was given." })
  permissions: string[];

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it ends by itself; null when it does not.",
  })
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
