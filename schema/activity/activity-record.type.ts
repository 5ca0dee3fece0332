import { ArgsType, Field, ID, Int, ObjectType } from "type-graphql";
import { ActivityOutcome, ActivityResource } from "./activity-record.enums";
import { connectionOf, PageArgs } from "../connection.type";
import { DateTimeScalar } from "../scalars";

/** One line of an organization's activity log. */
@ObjectType("ActivityRecord", {
  description:
    "Who did what to which customer when: one line of your organization's activity log. It is written with the change that it tells of and never changed; each one's hash continues the one before (docs/activity-log.md says how to recompute it).",
})
export class ActivityRecordType {
  @Field(() => ID, { description: "The record's id." })
  id: string;

  @Field(() => ID, { description: "Your organization: whose log this is." })
  organizationId: string;

  @Field(() => Int, { description: "Its number in your organization's log: 1, 2, 3 … without a gap." })
  sequence: number;

  @Field(() => DateTimeScalar, { description: "When it was done or refused." })
  occurredAt: string;

  @Field(() => String, {
    description:
      "Who did it: the id of a user or API key, the tenant id of somebody who was not known before, or `system` for the program itself.",
  })
  actorId: string;

  @Field(() => String, {
    description:
      "Who it was, in words, as it was then: an e-mail address or an API key's name. Of somebody of another organization you learn only that organization's name.",
  })
  actorName: string;

  @Field(() => String, {
    description:
      "What was called: a mutation such as `updateCustomer`, a query that was forbidden, or what the program did by itself.",
  })
  operation: string;

  @Field(() => ActivityOutcome, { description: "Whether it was done or refused." })
  outcome: ActivityOutcome;

  @Field(() => String, {
    nullable: true,
    description: "Why it was refused, as in ErrorCode; null when it was done.",
  })
  errorCode: string | null;

  @Field(() => ActivityResource, {
    nullable: true,
    description: "What sort of thing was acted on; null when a refused attempt named none.",
  })
  resourceType: ActivityResource | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "The thing that was acted on. In a refused attempt it is the id that was sent in, which may be no thing's.",
  })
  resourceId: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The customer that is affected. In a refused attempt it is the id that was sent in.",
  })
  customerId: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The name by which your organization knew the customer then; null without a customer and in refused attempts.",
  })
  customerName: string | null;

  @Field(() => [String], {
    description:
      "The names in `oldValues` and `newValues` whose values are not for you and are null there: a user's e-mail address and roles without `user.read`, an API key's permissions and end without `api-key.read`, whom another partner's invitation is addressed to. `hash` of such a record is null, and `previousHash` of the one after it: the values could be found by trying.",
  })
  maskedFields: string[];

  @Field(() => String, {
    description: "The request that did it, for the server's log.",
  })
  requestId: string;

  @Field(() => String, {
    nullable: true,
    description:
      "The hash of the record before this one; empty in the first one, null where that record has `maskedFields`.",
  })
  previousHash: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "SHA-256, in hex, over the previous hash and what stands in this record; null where it has `maskedFields`.",
  })
  hash: string | null;
}

/** A page of the activity log. */
export const ActivityRecordConnection = connectionOf(() => ActivityRecordType, "ActivityRecord");

/** Which lines of the activity log. */
@ArgsType()
export class ActivityLogArgs extends PageArgs {
  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "From this instant on. Absent: the last 30 days before `to`. Any instant will do: nothing is put away after 90 days, as it is elsewhere.",
  })
  from?: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Before this instant. Absent: up to now. Must not be before `from`.",
  })
  to?: string;

  @Field(() => ID, { nullable: true, description: "Only what affected this customer." })
  customerId?: string;

  @Field(() => String, {
    nullable: true,
    description:
      "Only customers whose name, as it was then, begins with this, without regard to case and accents. It may be the beginning of at most 20 names in your log; more are FIELD_INVALID: give more letters, or filter by `customerId`.",
  })
  companyName?: string;

  @Field(() => ActivityResource, { nullable: true, description: "Only this sort of thing." })
  resourceType?: ActivityResource;

  @Field(() => String, {
    nullable: true,
    description: "Only this operation, such as `removeRelationship`.",
  })
  operation?: string;

  @Field(() => ID, {
    nullable: true,
    description: "Only what this user or API key did; `system` for the program itself.",
  })
  userId?: string;

  @Field(() => ActivityOutcome, {
    nullable: true,
    description: "Only what was done, or only what was refused.",
  })
  outcome?: ActivityOutcome;
}
