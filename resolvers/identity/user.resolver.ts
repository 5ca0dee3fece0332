import { Arg, Args, Ctx, Mutation, Query, Resolver } from "type-graphql";
import {
  CreateUserInput,
  DeactivateUserInput,
  ReactivateUserInput,
  UpdateUserInput,
  UsersArgs,
} from "../../schema/identity/user.inputs";
import {
  CreateUserPayload,
  DeactivateUserPayload,
  ReactivateUserPayload,
  UpdateUserPayload,
  UserConnection,
  UserType,
} from "../../schema/identity/user.type";
import * as identity from "../../src/identity";
import { Allow } from "../allow";
import type { GraphqlContext } from "../graphql-context";

/** The users of the caller's organization. */
@Resolver(() => UserType)
export class UserResolver {
  @Query(() => UserConnection, {
    nullable: true,
    description:
      "The users of your organization, oldest first, or by e-mail address where that is searched for. Yourself you find in `viewer.user` without any role. Codes: FIELD_INVALID, CURSOR_INVALID.",
  })
  @Allow("user.read")
  users(@Ctx() ctx: GraphqlContext, @Args(() => UsersArgs) args: UsersArgs) {
    return identity.listUsers(ctx, args);
  }

  @Mutation(() => CreateUserPayload, {
    nullable: true,
    description:
      "Adds a user to your organization: INVITED until its first sign-in, or ACTIVE at once with `subject`. Nothing is mailed. Codes: FIELD_INVALID, ROLE_NOT_OFFERED, USER_EMAIL_TAKEN, USER_SUBJECT_TAKEN; FORBIDDEN when you make a Global admin without being one, when you give agent roles without the permission `user.assign-agent-roles`, or `subject` without `user.bind-subject`. Event: user.added, and user.joined at the first sign-in.",
  })
  @Allow("user.create")
  createUser(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => CreateUserInput, { description: "The new user." }) input: CreateUserInput,
  ) {
    return identity.createUser(ctx, input);
  }

  @Mutation(() => UpdateUserPayload, {
    nullable: true,
    description:
      "Changes a user's name and roles; its next request has them, on another node within two seconds. Codes: ID_MALFORMED, USER_NOT_FOUND, FIELD_INVALID, ROLE_NOT_OFFERED, LAST_GLOBAL_ADMIN, USER_IS_YOURSELF, STALE_VERSION; FORBIDDEN for a Global admin's user, for making one and for your own roles, unless you are a Global admin; and for agent roles without the permission `user.assign-agent-roles`. An update that changes nothing leaves version and listeners alone. Event: user.updated, when something changed.",
  })
  @Allow("user.update")
  updateUser(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => UpdateUserInput, { description: "What to change." }) input: UpdateUserInput,
  ) {
    return identity.updateUser(ctx, input);
  }

  @Mutation(() => DeactivateUserPayload, {
    nullable: true,
    description:
      "Takes all access from a user: its next request is refused, on another node within two seconds. Codes: ID_MALFORMED, USER_NOT_FOUND, USER_ALREADY_INACTIVE, LAST_GLOBAL_ADMIN, USER_IS_YOURSELF, STALE_VERSION; FORBIDDEN for a Global admin's user unless you are one. Event: user.deactivated.",
  })
  @Allow("user.deactivate")
  deactivateUser(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => DeactivateUserInput, { description: "Which user." }) input: DeactivateUserInput,
  ) {
    return identity.deactivateUser(ctx, input);
  }

  @Mutation(() => ReactivateUserPayload, {
    nullable: true,
    description:
      "Gives a deactivated user its access back, with the roles it had; one who has never signed in is INVITED again. Codes: ID_MALFORMED, USER_NOT_FOUND, USER_NOT_INACTIVE, STALE_VERSION; FORBIDDEN for a Global admin's user unless you are one, and for a user with agent roles without the permission `user.assign-agent-roles`. Event: user.reactivated.",
  })
  @Allow("user.reactivate")
  reactivateUser(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => ReactivateUserInput, { description: "Which user." }) input: ReactivateUserInput,
  ) {
    return identity.reactivateUser(ctx, input);
  }
}
