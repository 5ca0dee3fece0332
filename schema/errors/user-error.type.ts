import { Extensions, Field, ID, Int, ObjectType } from "type-graphql";
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
  @Field(() => [RemovalBlockerType], {
    nullable: true,
    description: "Each thing that stands in the way of a removal.",
  })
  blockers?: RemovalBlockerType[];

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
  @Extensions({ listSize: 1 })
  @Field(() => [UserErrorType], {
    description: "Empty when it was done. Else nothing was done, and these say why, all of them at once.",
  })
  userErrors: UserErrorType[];
}
