import { Field, Int, ObjectType } from "type-graphql";
import { AdminRole, AgentRole, UserStatus } from "./user.enums";
import { connectionOf } from "../connection.type";
import { MutationPayload } from "../errors/user-error.type";
import { NodeObject, NodeType } from "../node.type";
import { DateTimeScalar } from "../scalars";

/** A person of an organization. */
@NodeObject(
  "user",
  "User",
  "A person of your organization. Users with the permission user.read see all of them, everybody else only itself.",
)
export class UserType extends NodeType {
  @Field(() => String, { description: "Its name." })
  displayName: string;

  @Field(() => String, {
    nullable: true,
    description:
      "Its e-mail address, in lower case; null where your identity provider told us none. It stays as it was when the user was added.",
  })
  email: string | null;

  @Field(() => UserStatus, { description: "Whether it can sign in." })
  status: UserStatus;

  @Field(() => [AgentRole], {
    description: "Which customer data it may see and change; always empty for a customer's user.",
  })
  agentRoles: AgentRole[];

  @Field(() => [AdminRole], { description: "Which features it may administer." })
  adminRoles: AdminRole[];

  @Field(() => DateTimeScalar, { description: "When it was added." })
  createdAt: string;

  @Field(() => DateTimeScalar, { description: "When it was last changed." })
  updatedAt: string;

  @Field(() => Int, { description: "Counts its changes; to be given as `expectedVersion`." })
  version: number;
}

/** A page of users. */
export const UserConnection = connectionOf(() => UserType, "User");

/** What createUser gives. */
@ObjectType("CreateUserPayload", { description: "The new user, or why there is none." })
export class CreateUserPayload extends MutationPayload {
  @Field(() => UserType, { nullable: true, description: "The user; null when refused." })
  user?: UserType;
}

/** What updateUser gives. */
@ObjectType("UpdateUserPayload", { description: "The changed user, or why nothing was done." })
export class UpdateUserPayload extends MutationPayload {
  @Field(() => UserType, { nullable: true, description: "The user; null when refused." })
  user?: UserType;
}

/** What deactivateUser gives. */
@ObjectType("DeactivateUserPayload", { description: "The deactivated user, or why nothing was done." })
export class DeactivateUserPayload extends MutationPayload {
  @Field(() => UserType, { nullable: true, description: "The user; null when refused." })
  user?: UserType;
}

/** What reactivateUser gives. */
@ObjectType("ReactivateUserPayload", { description: "The reactivated user, or why nothing was done." })
export class ReactivateUserPayload extends MutationPayload {
  @Field(() => UserType, { nullable: true, description: "The user; null when refused." })
  user?: UserType;
}
