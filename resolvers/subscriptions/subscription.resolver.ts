import { Arg, Args, Ctx, Extensions, FieldResolver, Int, Query, Resolver, Root } from "type-graphql";
import { OfferType } from "../../schema/catalog/offer.type";
import { CustomerType } from "../../schema/customers/customer.type";
import { PartnerType } from "../../schema/partners/partner.type";
import {
  CancelSubscriptionInput,
  CancelSubscriptionPayload,
  ChangeSubscriptionInput,
  ChangeSubscriptionPayload,
  CreateSubscriptionInput,
  CreateSubscriptionPayload,
  ReactivateSubscriptionInput,
  ReactivateSubscriptionPayload,
  RefundableBatchesArgs,
  RefundableBatchType,
  RefundableQuantityType,
  SubscriptionActionType,
  SubscriptionConnection,
  SubscriptionsArgs,
  SubscriptionType,
  SubscriptionVerbs,
  SuspendSubscriptionInput,
  SuspendSubscriptionPayload,
} from "../../schema/subscriptions/subscription.type";
import { DateTimeScalar } from "../../schema/scalars";
import { pageRequest } from "../../src/errors/field-checks";
import { LIST_BOUNDS } from "../../src/errors/list-bounds";
import * as subscriptions from "../../src/subscriptions";
import { Allow, Mutates } from "../allow";
import type { GraphqlContext } from "../graphql-context";

type RefundableQuantity = ReturnType<typeof subscriptions.refundableQuantity>;

/** Subscriptions: what customers bought. */
@Resolver(() => SubscriptionType)
export class SubscriptionResolver {
  @Query(() => SubscriptionConnection, {
    nullable: true,
    description:
      "The subscriptions that your partner sold or is reseller of record of, or that you as the customer have, oldest first. Codes: FIELD_INVALID, ID_MALFORMED, CURSOR_INVALID.",
  })
  @Allow("subscription.read")
  subscriptions(@Ctx() ctx: GraphqlContext, @Args(() => SubscriptionsArgs) args: SubscriptionsArgs) {
    return subscriptions.listSubscriptions(ctx, args);
  }

  @Mutates(subscriptions.createSubscription, () => CreateSubscriptionPayload)
  createSubscription(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => CreateSubscriptionInput, { description: "What to buy." })
    input: CreateSubscriptionInput,
  ) {
    return subscriptions.createSubscription(ctx, input);
  }

  @Mutates(subscriptions.changeSubscription, () => ChangeSubscriptionPayload)
  changeSubscription(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => ChangeSubscriptionInput, { description: "What to change." })
    input: ChangeSubscriptionInput,
  ) {
    return subscriptions.changeSubscription(ctx, input);
  }

  @Mutates(subscriptions.cancelSubscription, () => CancelSubscriptionPayload)
  cancelSubscription(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => CancelSubscriptionInput, { description: "Which subscription." })
    input: CancelSubscriptionInput,
  ) {
    return subscriptions.cancelSubscription(ctx, input);
  }

  @Mutates(subscriptions.suspendSubscription, () => SuspendSubscriptionPayload)
  suspendSubscription(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => SuspendSubscriptionInput, { description: "Which subscription." })
    input: SuspendSubscriptionInput,
  ) {
    return subscriptions.suspendSubscription(ctx, input);
  }

  @Mutates(subscriptions.reactivateSubscription, () => ReactivateSubscriptionPayload)
  reactivateSubscription(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => ReactivateSubscriptionInput, { description: "Which subscription." })
    input: ReactivateSubscriptionInput,
  ) {
    return subscriptions.reactivateSubscription(ctx, input);
  }

  @FieldResolver(() => CustomerType, {
    nullable: true,
    description: "The customer; null when you may not see it.",
  })
  customer(@Root() subscription: subscriptions.SubscriptionFor<"customer">, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.customer.load(subscription.customerId);
  }

  @FieldResolver(() => PartnerType, {
    nullable: true,
    description: "The partner that sold it; null when you may not see it.",
  })
  partner(@Root() subscription: subscriptions.SubscriptionFor<"partner">, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.partner.load(subscription.partnerId);
  }

  @FieldResolver(() => PartnerType, {
    nullable: true,
    description: "The indirect reseller of record; null when there is none.",
  })
  reseller(@Root() subscription: subscriptions.SubscriptionFor<"reseller">, @Ctx() ctx: GraphqlContext) {
    return subscription.resellerId ? ctx.loaders.partner.load(subscription.resellerId) : null;
  }

  @FieldResolver(() => OfferType, { nullable: true, description: "The offer it was bought from." })
  offer(@Root() subscription: subscriptions.SubscriptionFor<"offer">, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.offer.load(subscription.offerId);
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description: "Until when it can be cancelled, that included; null when it cannot be (any more).",
  })
  cancellationAllowedUntil(
    @Root() subscription: subscriptions.SubscriptionFor<"cancellationAllowedUntil">,
    @Ctx() ctx: GraphqlContext,
  ) {
    return subscriptions.cancellationAllowedUntil(subscription, ctx.now());
  }

  @FieldResolver(() => RefundableQuantityType, { description: "How much of the quantity may be given back." })
  refundableQuantity(
    @Root() subscription: subscriptions.SubscriptionFor<"refundableQuantity">,
    @Ctx() ctx: GraphqlContext,
  ) {
    return subscriptions.refundableQuantity(subscription, ctx.now());
  }

  @Extensions({ listSize: Object.keys(SubscriptionVerbs).length })
  @FieldResolver(() => [SubscriptionActionType], {
    description: "What you can do with it now, and why not. Every action is named.",
  })
  actions(@Root() subscription: subscriptions.SubscriptionFor<"actions">, @Ctx() ctx: GraphqlContext) {
    const { activeSellers } = ctx.loaders.subscriptions;
    return subscriptions.actionsOf(ctx, subscription, () => activeSellers.load(subscription.customerId));
  }
}

/** What of a subscription may be given back, batch by batch. */
@Resolver(() => RefundableQuantityType)
export class RefundableQuantityResolver {
  @FieldResolver(() => [RefundableBatchType], {
    description:
      "The first batches, the one that closes first at the front; `detailCount` says how many there are. Code: FIELD_INVALID.",
  })
  details(
    @Root() { details }: RefundableQuantity,
    @Args(() => RefundableBatchesArgs) args: RefundableBatchesArgs,
  ) {
    return details.slice(0, pageRequest(args, LIST_BOUNDS.refundableBatches).first);
  }

  @FieldResolver(() => Int, { description: "How many batches there are." })
  detailCount(@Root() { details }: RefundableQuantity) {
    return details.length;
  }
}
