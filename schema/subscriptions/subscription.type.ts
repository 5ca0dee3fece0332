import { ArgsType, Field, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { BillingCycle, BillingType } from "../catalog/offer.enums";
import { SubscriptionStatus, SuspensionReason } from "./subscription.enums";
import { LIST_BOUNDS } from "../../src/errors/list-bounds";
import { connectionOf, firstOf, PageArgs } from "../connection.type";
import { ErrorCode } from "../errors/error-code.enum";
import { MutationPayload } from "../errors/user-error.type";
import { NodeObject, NodeType } from "../node.type";
import { DateTimeScalar } from "../scalars";
import { IdempotentInput } from "../idempotent.inputs";

/** What a customer bought. Its name in the schema is longer because GraphQL keeps `Subscription` for live fields. */
@NodeObject(
  "sub",
  "CustomerSubscription",
  "What a customer bought from an offer, through which partner. It stays visible to that partner after the relationship has ended.",
)
export class SubscriptionType extends NodeType {
  @Field(() => ID, { description: "The customer's id, also when you cannot see the customer." })
  customerId: string;

  @Field(() => String, { description: "Name of the offer when it was bought." })
  offerName: string;

  @Field(() => String, { description: "The name that the partner gave it." })
  friendlyName: string;

  @Field(() => Int, { description: "How many." })
  quantity: number;

  @Field(() => String, { description: "What one of it is called." })
  unitType: string;

  @Field(() => SubscriptionStatus, { description: "Where it is in its life." })
  status: SubscriptionStatus;

  @Field(() => [SuspensionReason], {
    description: "Why its users have no access; empty when they have, and when it is deleted.",
  })
  suspensionReasons: SuspensionReason[];

  @Field(() => Boolean, { description: "Whether a new term begins by itself." })
  autoRenewEnabled: boolean;

  @Field(() => Boolean, { description: "Whether it is a trial." })
  isTrial: boolean;

  @Field(() => BillingType, { description: "What it is counted in." })
  billingType: BillingType;

  @Field(() => BillingCycle, { description: "How often it is billed." })
  billingCycle: BillingCycle;

  @Field(() => String, { description: "Length of the term, ISO 8601." })
  termDuration: string;

  @Field(() => DateTimeScalar, { description: "When the term that runs now began." })
  startsAt: string;

  @Field(() => DateTimeScalar, {
    description:
      "The last millisecond of the term. Within a minute of it a subscription with auto-renewal is in its next term; another one is EXPIRED or, if it was suspended, DISABLED.",
  })
  termEndsAt: string;

  @Field(() => DateTimeScalar, { description: "When it was bought." })
  createdAt: string;

  @Field(() => Int, {
    description: "Grows with every change; give it as `expectedVersion` to change only what you read.",
  })
  version: number;
}

/** What can be done with a subscription; the values are those of the use case. */
export enum SubscriptionVerbs {
  CHANGE = "CHANGE",
  SUSPEND = "SUSPEND",
  REACTIVATE = "REACTIVATE",
  CANCEL = "CANCEL",
}
registerEnumType(SubscriptionVerbs, {
  name: "SubscriptionVerb",
  description: "What can be done with a subscription.",
  valuesConfig: {
    CHANGE: { description: "`changeSubscription`." },
    SUSPEND: { description: "`suspendSubscription`." },
    REACTIVATE: { description: "`reactivateSubscription`." },
    CANCEL: { description: "`cancelSubscription`." },
  },
});

/** Whether one thing can be done with a subscription. */
@ObjectType("SubscriptionAction", {
  description:
    "Whether you can do one thing with a subscription now: by your permissions and its state, as the mutation would answer.",
})
export class SubscriptionActionType {
  @Field(() => SubscriptionVerbs, { description: "What." })
  action: SubscriptionVerbs;

  @Field(() => Boolean, { description: "Whether it can be done now." })
  allowed: boolean;

  @Field(() => ErrorCode, { nullable: true, description: "The code that the mutation would answer." })
  code?: string | null;

  @Field(() => String, { nullable: true, description: "Why not, and the way out, in English." })
  reason?: string | null;
}

/** Some of the quantity that may be given back. */
@ObjectType("RefundableBatch", { description: "Some of the quantity that may be given back for some days." })
export class RefundableBatchType {
  @Field(() => Int, { description: "How many." })
  quantity: number;

  @Field(() => DateTimeScalar, { description: "The last moment at which they may be given back." })
  allowedUntil: string;
}

/** How much of the quantity may be given back. */
@ObjectType("RefundableQuantity", {
  description:
    "How many `changeSubscription` may take away now. What was bought or renewed may be given back for 7 days, and so may each batch that was added.",
})
export class RefundableQuantityType {
  @Field(() => Int, { description: "All batches together." })
  totalQuantity: number;
}

/** How many of a subscription's refundable batches are wanted. */
@ArgsType()
export class RefundableBatchesArgs {
  @Field(() => Int, firstOf(LIST_BOUNDS.refundableBatches))
  first?: number | null;
}

/** A page of subscriptions. */
export const SubscriptionConnection = connectionOf(() => SubscriptionType, "CustomerSubscription");

/** What a list of subscriptions is asked for. */
@ArgsType()
export class SubscriptionsArgs extends PageArgs {
  @Field(() => ID, { nullable: true, description: "Only this customer's." })
  customerId?: string;

  @Field(() => SubscriptionStatus, { nullable: true, description: "Only with this status; all when absent." })
  status?: SubscriptionStatus;
}

/** Which page of a customer's subscriptions. */
@ArgsType()
export class SubscriptionsOfCustomerArgs extends PageArgs {
  @Field(() => Int, firstOf(LIST_BOUNDS.customerSubscriptions))
  override first?: number | null;
}

/** What to buy for whom. */
@InputType("CreateSubscriptionInput", { description: "What to buy for whom." })
export class CreateSubscriptionInput extends IdempotentInput {
  @Field(() => ID, { description: "A customer that your partner has an active relationship with." })
  customerId: string;

  @Field(() => ID, { description: "An offer for the customer's country." })
  offerId: string;

  @Field(() => Int, { description: "How many, within the offer's limits." })
  quantity: number;

  @Field(() => BillingCycle, {
    nullable: true,
    description: "One of the offer's cycles; its first when absent.",
  })
  billingCycle?: BillingCycle | null;

  @Field(() => String, {
    nullable: true,
    description: "A name of your own, at most 300 characters; the offer's when absent.",
  })
  friendlyName?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "For an indirect provider: the indirect reseller of record, which needs an active relationship with the customer too.",
  })
  resellerId?: string | null;
}

@InputType()
abstract class WhichSubscriptionFields extends IdempotentInput {
  @Field(() => ID, { description: "The subscription." })
  subscriptionId: string;

  @Field(() => Int, {
    nullable: true,
    description: "The version you read; another one is answered STALE_VERSION.",
  })
  expectedVersion?: number | null;
}

/** Which subscription to suspend. */
@InputType("SuspendSubscriptionInput", { description: "Which subscription to suspend." })
export class SuspendSubscriptionInput extends WhichSubscriptionFields {}

/** Which subscription to reactivate. */
@InputType("ReactivateSubscriptionInput", { description: "Which subscription to reactivate." })
export class ReactivateSubscriptionInput extends WhichSubscriptionFields {}

/** Which subscription to cancel. */
@InputType("CancelSubscriptionInput", { description: "Which subscription to cancel." })
export class CancelSubscriptionInput extends WhichSubscriptionFields {}

/** What to change about a subscription. */
@InputType("ChangeSubscriptionInput", {
  description: "What to change about a subscription; what you leave out stays as it is.",
})
export class ChangeSubscriptionInput extends WhichSubscriptionFields {
  @Field(() => Int, {
    nullable: true,
    description:
      "How many there shall be, within the offer's limits. Less only as far as `refundableQuantity` goes.",
  })
  quantity?: number | null;

  @Field(() => Boolean, { nullable: true, description: "Whether a new term shall begin by itself." })
  autoRenewEnabled?: boolean | null;

  @Field(() => String, { nullable: true, description: "A name of your own, at most 300 characters." })
  friendlyName?: string | null;
}

@ObjectType()
abstract class SubscriptionPayload extends MutationPayload {
  @Field(() => SubscriptionType, {
    nullable: true,
    description: "The subscription as it is now; null when `userErrors` say why not.",
  })
  subscription?: SubscriptionType;
}

/** What buying gives. */
@ObjectType("CreateSubscriptionPayload", { description: "What `createSubscription` did." })
export class CreateSubscriptionPayload extends SubscriptionPayload {}

/** What suspending gives. */
@ObjectType("SuspendSubscriptionPayload", { description: "What `suspendSubscription` did." })
export class SuspendSubscriptionPayload extends SubscriptionPayload {}

/** What reactivating gives. */
@ObjectType("ReactivateSubscriptionPayload", { description: "What `reactivateSubscription` did." })
export class ReactivateSubscriptionPayload extends SubscriptionPayload {}

/** What changing gives. */
@ObjectType("ChangeSubscriptionPayload", { description: "What `changeSubscription` did." })
export class ChangeSubscriptionPayload extends SubscriptionPayload {}

/** What cancelling gives. */
@ObjectType("CancelSubscriptionPayload", { description: "What `cancelSubscription` did." })
export class CancelSubscriptionPayload extends SubscriptionPayload {}
