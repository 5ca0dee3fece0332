import { Extensions, Field, ID, Int, ObjectType } from "type-graphql";
import { LIST_BOUNDS } from "../../src/errors/list-bounds";
import { COUNT_BOUND } from "../connection.type";
import { DateTimeScalar } from "../scalars";
import { ErrorCode } from "./error-code.enum";

/** A subscription that keeps a relationship from being removed. */
@ObjectType("RemovalBlocker", {
  description:
    "Something that keeps a relationship from being removed: an active subscription through it. Suspend it first.",
})
export class RemovalBlockerType {
  @Field(() => ID, { description: "The subscription to suspend." })
  subscriptionId: string;

  @Field(() => String, { description: "Name of what was bought." })
  offerName: string;

  @Field(() => Int, { description: "How many of it." })
  quantity: number;
}

/** Facts that help to get out of an error. */
@ObjectType("UserErrorDetails", {
  description: "Facts that help to get out of an error; those that matter to its code are set.",
})
export class UserErrorDetailsType {
  @Extensions({ listSize: LIST_BOUNDS.blockersOfRefusal })
  @Field(() => [RemovalBlockerType], {
    nullable: true,
    description: `What stands in the way of a removal: the first ${LIST_BOUNDS.blockersOfRefusal}; \`subscriptions(customerId:, status: ACTIVE)\` lists all.`,
  })
  blockers?: RemovalBlockerType[];

  @Field(() => Int, {
    nullable: true,
    description: `How many stand in the way of a removal, those that \`blockers\` leaves out too; ${COUNT_BOUND}`,
  })
  blockerCount?: number;

  @Field(() => Int, { nullable: true, description: "The row's version now." })
  currentVersion?: number;

  @Field(() => Int, { nullable: true, description: "The smallest value the rule allows." })
  minimum?: number;

  @Field(() => Int, { nullable: true, description: "The largest value the rule allows." })
  maximum?: number;

  @Field(() => [String], { nullable: true, description: "The values that would have been accepted." })
  allowed?: string[];

  @Field(() => DateTimeScalar, { nullable: true, description: "Until when it would have been allowed." })
  allowedUntil?: string;

  @Field(() => ID, { nullable: true, description: "The id of what is there already." })
  existingId?: string;

  @Field(() => String, {
    nullable: true,
    description: "The event cursor behind which come all events that are still kept.",
  })
  oldestCursor?: string;

  @Field(() => String, {
    nullable: true,
    description: "The event cursor of the newest event, behind which comes what is yet to happen.",
  })
  newestCursor?: string;

  @Field(() => [String], { nullable: true, description: "The permissions that you lack." })
  permissions?: string[];
}

/** An expected refusal of a mutation, as data. */
@ObjectType("UserError", {
  description: "Why a mutation did nothing: something that the caller can understand and mend.",
})
export class UserErrorType {
  @Field(() => ErrorCode, { description: "Stable code." })
  code: string;

  @Field(() => String, {
    nullable: true,
    description: "Path of the input field at fault within `input`, where it is one field's.",
  })
  field?: string;

  @Field(() => String, { description: "What is wrong and the way out, in English." })
  message: string;

  @Field(() => UserErrorDetailsType, { nullable: true, description: "Facts that help to get out of it." })
  details?: UserErrorDetailsType;
}

/** What every mutation's payload has. */
@ObjectType()
export abstract class MutationPayload {
  @Extensions({ listSize: LIST_BOUNDS.userErrors })
  @Field(() => [UserErrorType], {
    description: "Empty when it was done. Else nothing was done, and these say why, all of them at once.",
  })
  userErrors: UserErrorType[];
}
