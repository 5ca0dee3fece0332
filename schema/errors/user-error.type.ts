import { createUnionType, Extensions, Field, ID, Int, ObjectType } from "type-graphql";
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

/** Details of RELATIONSHIP_HAS_BLOCKERS. */
@ObjectType("RemovalBlockersDetails", { description: "What keeps a relationship from being removed." })
export class RemovalBlockersDetailsType {
  @Extensions({ listSize: LIST_BOUNDS.blockersOfRefusal })
  @Field(() => [RemovalBlockerType], {
    description: `The first ${LIST_BOUNDS.blockersOfRefusal} of them; \`subscriptions(customerId:, status: ACTIVE)\` lists all.`,
  })
  blockers: RemovalBlockerType[];

  @Field(() => Int, { description: `How many there are; ${COUNT_BOUND}` })
  blockerCount: number;
}

/** Details of STALE_VERSION. */
@ObjectType("StaleVersionDetails", { description: "The row changed since it was read." })
export class StaleVersionDetailsType {
  @Field(() => Int, { description: "The row's version now." })
  currentVersion: number;
}

/** Details of codes for numbers outside their bounds. */
@ObjectType("RangeDetails", { description: "A number is outside its bounds." })
export class RangeDetailsType {
  @Field(() => Int, {
    nullable: true,
    description: "The smallest value the rule allows; null when there is none.",
  })
  minimum?: number;

  @Field(() => Int, {
    nullable: true,
    description: "The largest value the rule allows; null when there is none.",
  })
  maximum?: number;
}

/** Details of FIELD_INVALID. */
@ObjectType("FieldRuleDetails", { description: "The rule that a field breaks, where it is one of these." })
export class FieldRuleDetailsType {
  @Field(() => Int, {
    nullable: true,
    description: "The smallest value the rule allows; null when it is about something else.",
  })
  minimum?: number;

  @Field(() => Int, {
    nullable: true,
    description: "The largest value the rule allows; null when it is about something else.",
  })
  maximum?: number;

  @Field(() => [String], {
    nullable: true,
    description: "The values that would have been accepted; null when the rule is about something else.",
  })
  allowed?: string[];
}

/** Details of codes for values that are none of some. */
@ObjectType("AllowedValuesDetails", { description: "A value is none of those that are accepted." })
export class AllowedValuesDetailsType {
  // Nullable, so that it can be selected beside the field of the same name of FieldRuleDetails.
  @Field(() => [String], { nullable: true, description: "The values that would have been accepted." })
  allowed?: string[];
}

/** Details of CANCELLATION_PERIOD_OVER. */
@ObjectType("AllowedUntilDetails", { description: "It is too late." })
export class AllowedUntilDetailsType {
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Until when it would have been allowed; null when it never was.",
  })
  allowedUntil?: string;
}

/** Details of codes for what exists already. */
@ObjectType("ExistingObjectDetails", { description: "There is such an object already." })
export class ExistingObjectDetailsType {
  @Field(() => ID, { nullable: true, description: "Its id; null when you may not see it." })
  existingId?: string;
}

/** Details of codes for cursors of events that cannot be read from. */
@ObjectType("EventCursorDetails", { description: "From where events can be read." })
export class EventCursorDetailsType {
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
}

/** Details of API_KEY_EXCEEDS_YOUR_PERMISSIONS. */
@ObjectType("MissingPermissionsDetails", { description: "You lack permissions." })
export class MissingPermissionsDetailsType {
  @Field(() => [String], { description: "The permissions that you lack." })
  permissions: string[];
}

/** What an error tells besides its message; `expectedRefusals` names the type. */
export const UserErrorDetails = createUnionType({
  name: "UserErrorDetails",
  description:
    "What an error tells besides its message: each code has one type of details, which its description names, or none.",
  types: () =>
    [
      RemovalBlockersDetailsType,
      StaleVersionDetailsType,
      RangeDetailsType,
      FieldRuleDetailsType,
      AllowedValuesDetailsType,
      AllowedUntilDetailsType,
      ExistingObjectDetailsType,
      EventCursorDetailsType,
      MissingPermissionsDetailsType,
    ] as const,
  resolveType: (details) => (details as unknown as { __typename: string }).__typename,
});

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

  @Field(() => UserErrorDetails, {
    nullable: true,
    description: "What it tells besides, by a type that belongs to the code; null when there is nothing.",
  })
  details?: typeof UserErrorDetails;
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
