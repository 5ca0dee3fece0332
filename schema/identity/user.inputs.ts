import { ArgsType, Field, ID, InputType, Int } from "type-graphql";
import { AdminRole, AgentRole, UserStatus } from "./user.enums";
import { PageArgs } from "../connection.type";
import { IdempotentInput } from "../idempotent.inputs";

/** What a list of users is asked for. */
@ArgsType()
export class UsersArgs extends PageArgs {
  @Field(() => UserStatus, { nullable: true, description: "Only with this status; all when absent." })
  status?: UserStatus;

  @Field(() => String, {
    nullable: true,
    description: "Beginning of the e-mail address, without regard to case; the users then come by address.",
  })
  emailStartsWith?: string;
}

/** A new user. */
@InputType("CreateUserInput", { description: "A new user of your organization." })
export class CreateUserInput extends IdempotentInput {
  @Field(() => String, {
    description:
      "Its e-mail address as your identity provider has it. One user for each address of your organization; it cannot be changed.",
  })
  email: string;

  @Field(() => String, { description: "Its name, 1 to 200 characters." })
  displayName: string;

  @Field(() => [AgentRole], {
    nullable: true,
    description:
      "Which customer data it may see and change. Absent: none. Takes the permission `user.assign-agent-roles`. SALES_AGENT is not for partners of programme role INDIRECT_RESELLER or ADVISOR; a customer's users have none.",
  })
  agentRoles?: AgentRole[] | null;

  @Field(() => [AdminRole], {
    nullable: true,
    description: "Which features it may administer. Absent: none. Only a Global admin can give GLOBAL_ADMIN.",
  })
  adminRoles?: AdminRole[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Your identity provider's id of the person, the `sub` of its tokens: the user is ACTIVE at once. Takes the permission `user.bind-subject`, which a Global admin has: the person who has the subject becomes this user and no other one. Absent: it is INVITED until somebody of your tenant signs in with this e-mail address.",
  })
  subject?: string | null;
}

/** What to change of a user. */
@InputType("UpdateUserInput", { description: "What to change of a user. What is absent stays as it is." })
export class UpdateUserInput extends IdempotentInput {
  @Field(() => ID, { description: "The user." })
  userId: string;

  @Field(() => String, { nullable: true, description: "Its name, 1 to 200 characters. Absent: it stays." })
  displayName?: string | null;

  @Field(() => [AgentRole], {
    nullable: true,
    description:
      "All its agent roles from now on; [] takes them all away. Absent: they stay. A change takes the permission `user.assign-agent-roles`.",
  })
  agentRoles?: AgentRole[] | null;

  @Field(() => [AdminRole], {
    nullable: true,
    description:
      "All its admin roles from now on; [] takes them all away. Absent: they stay. Only a Global admin can give or take GLOBAL_ADMIN, and nobody can take it from itself.",
  })
  adminRoles?: AdminRole[] | null;

  @Field(() => Int, {
    nullable: true,
    description: "The version you read; another one is answered STALE_VERSION.",
  })
  expectedVersion?: number | null;
}

/** Which user to deactivate. */
@InputType("DeactivateUserInput", { description: "Which user to deactivate." })
export class DeactivateUserInput extends IdempotentInput {
  @Field(() => ID, { description: "The user." })
  userId: string;

  @Field(() => Int, {
    nullable: true,
    description: "The version you read; another one is answered STALE_VERSION.",
  })
  expectedVersion?: number | null;
}

/** Which user to reactivate. */
@InputType("ReactivateUserInput", { description: "Which user to reactivate." })
export class ReactivateUserInput extends IdempotentInput {
  @Field(() => ID, { description: "The user." })
  userId: string;

  @Field(() => Int, {
    nullable: true,
    description: "The version you read; another one is answered STALE_VERSION.",
  })
  expectedVersion?: number | null;
}
