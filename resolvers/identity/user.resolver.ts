import { Arg, Args, Ctx, Query, Resolver } from "type-graphql";
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
import { Allow, Mutates } from "../allow";
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

  @Mutates(identity.createUser, () => CreateUserPayload)
  createUser(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => CreateUserInput, { description: "The new user." }) input: CreateUserInput,
  ) {
    return identity.createUser(ctx, input);
  }

  @Mutates(identity.updateUser, () => UpdateUserPayload)
  updateUser(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => UpdateUserInput, { description: "What to change." }) input: UpdateUserInput,
  ) {
    return identity.updateUser(ctx, input);
  }

  @Mutates(identity.deactivateUser, () => DeactivateUserPayload)
  deactivateUser(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => DeactivateUserInput, { description: "Which user." }) input: DeactivateUserInput,
  ) {
    return identity.deactivateUser(ctx, input);
  }

  @Mutates(identity.reactivateUser, () => ReactivateUserPayload)
  reactivateUser(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => ReactivateUserInput, { description: "Which user." }) input: ReactivateUserInput,
  ) {
    return identity.reactivateUser(ctx, input);
  }
}
