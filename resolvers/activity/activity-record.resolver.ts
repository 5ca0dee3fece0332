import { Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import type { ActivityRecord } from "../../entities/activity/activity-record";
import {
  ActivityLogArgs,
  ActivityRecordConnection,
  ActivityRecordType,
} from "../../schema/activity/activity-record.type";
import { CustomerType } from "../../schema/customers/customer.type";
import { canonicalJson } from "../../src/activity/activity-chain";
import { listActivity } from "../../src/activity/list-activity";
import { Allow } from "../allow";
import type { GraphqlContext } from "../graphql-context";

/** The activity log. */
@Resolver(() => ActivityRecordType)
export class ActivityRecordResolver {
  @Query(() => ActivityRecordConnection, {
    nullable: true,
    description:
      "Your organization's activity log, newest first: who did what to which customer when, refused attempts too. Without `from` it is the last 30 days; any other range may be asked for, however long ago. With several filters at once, `from` and `to` aside, at most 5,000 records are looked at for one page: it may then be shorter than `first`, or empty, while `hasNextPage` is true, and `endCursor` is where reading stopped. The same as CSV: GET /activity-log.csv with the same filters. Codes: FIELD_INVALID, ID_MALFORMED, CURSOR_INVALID.",
  })
  @Allow("activity.read")
  activityLog(@Ctx() ctx: GraphqlContext, @Args(() => ActivityLogArgs) args: ActivityLogArgs) {
    return listActivity(ctx, args);
  }

  @FieldResolver(() => CustomerType, {
    nullable: true,
    description: "The customer as it is now; null when you may not see it.",
  })
  customer(@Root() { customerId }: ActivityRecord, @Ctx() ctx: GraphqlContext) {
    return customerId === null ? null : ctx.loaders.customer.load(customerId);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      "The changed fields as they were: a JSON object as text. Null for what is new, in refused attempts, and where the values are another organization's affair. Never holds a secret.",
  })
  oldValues(@Root() { oldValues }: ActivityRecord) {
    return oldValues && canonicalJson(oldValues);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "The changed fields as they became, like `oldValues`.",
  })
  newValues(@Root() { newValues }: ActivityRecord) {
    return newValues && canonicalJson(newValues);
  }
}
