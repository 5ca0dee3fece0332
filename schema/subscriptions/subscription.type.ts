import { ArgsType, Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { BillingCycle, BillingType } from "../../entities/catalog/offer";
import { SubscriptionStatus, SuspensionReason } from "../../entities/subscriptions/subscription";
import { connectionOf, PageArgs } from "../connection.type";
import { MutationPayload } from "../errors/user-error.type";
import { NodeType } from "../node.type";
import { DateTimeScalar } from "../scalars";
import { IdempotentInput } from "../idempotent.inputs";

/** What a customer bought. Its name in the schema is longer because GraphQL keeps `Subscription` for live fields. */
@ObjectType("CustomerSubscription", {
  implements: NodeType,
  description:
    "What a customer bought from an offer, through which partner. It stays visible to that partner after the relationship has ended.",
})
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

  @Field(() => [SuspensionReason], { description: "Why it is suspended; empty when it is not." })
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

  @Field(() => DateTimeScalar, { description: "When the term began." })
  startsAt: string;

  @Field(() => DateTimeScalar, { description: "The last millisecond of the term." })
  termEndsAt: string;

  @Field(() => DateTimeScalar, { description: "When it was bought." })
  createdAt: string;

  @Field(() => Int, {
    description: "Grows with every change; give it as `expectedVersion` to change only what you read.",
  })
  version: number;
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
abstract class ChangeSubscriptionFields extends IdempotentInput {
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
export class SuspendSubscriptionInput extends ChangeSubscriptionFields {}

/** Which subscription to reactivate. */
@InputType("ReactivateSubscriptionInput", { description: "Which subscription to reactivate." })
export class ReactivateSubscriptionInput extends ChangeSubscriptionFields {}

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
