import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import type { WebhookDelivery } from "../../entities/webhooks/webhook-delivery";
import {
  ReplayWebhookInput,
  RetryWebhookDeliveryInput,
  SendTestWebhookInput,
} from "../../schema/webhooks/webhook.inputs";
import {
  ReplayWebhookPayload,
  RetryWebhookDeliveryPayload,
  SendTestWebhookPayload,
  WebhookDeliveryType,
  WebhookEndpointType,
} from "../../schema/webhooks/webhook.type";
import * as webhooks from "../../src/webhooks";
import { Allow } from "../allow";
import type { GraphqlContext } from "../graphql-context";

/** Deliveries to webhook endpoints. */
@Resolver(() => WebhookDeliveryType)
export class WebhookDeliveryResolver {
  @Mutation(() => SendTestWebhookPayload, {
    nullable: true,
    description:
      "Sends a `webhook.test` event to one endpoint only, once, within about a second; at most two a minute. Codes: WEBHOOK_ENDPOINT_NOT_FOUND, WEBHOOK_ENDPOINT_DISABLED, WEBHOOK_TESTS_TOO_MANY, WEBHOOK_REPETITIONS_TOO_MANY.",
  })
  @Allow("webhook.test")
  sendTestWebhook(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => SendTestWebhookInput, { description: "Which endpoint." }) input: SendTestWebhookInput,
  ) {
    return webhooks.sendTestWebhook(ctx, input);
  }

  @Mutation(() => RetryWebhookDeliveryPayload, {
    nullable: true,
    description:
      "Sends the event of a log entry again, once and out of turn, with the same id. Where the endpoint was stuck at that event and it is delivered, the next one follows. Besides its permission it takes `event.read`. Codes: FORBIDDEN, WEBHOOK_DELIVERY_NOT_FOUND, WEBHOOK_DELIVERY_NOT_REPEATABLE, WEBHOOK_ENDPOINT_DISABLED, WEBHOOK_REPETITIONS_TOO_MANY.",
  })
  @Allow("webhook.replay")
  retryWebhookDelivery(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => RetryWebhookDeliveryInput, { description: "Which delivery." })
    input: RetryWebhookDeliveryInput,
  ) {
    return webhooks.retryWebhookDelivery(ctx, input);
  }

  @Mutation(() => ReplayWebhookPayload, {
    nullable: true,
    description:
      "Lets an endpoint go on after a place in your stream, further back or further on, in order; each event has the id that it had before. Besides its permission it takes `event.read`. Codes: FORBIDDEN, WEBHOOK_ENDPOINT_NOT_FOUND, EVENTS_CURSOR_INVALID, EVENTS_CURSOR_FOREIGN, EVENTS_CURSOR_AHEAD, EVENTS_CURSOR_FROM_BEFORE_RESTORE, EVENTS_CURSOR_EXPIRED.",
  })
  @Allow("webhook.replay")
  replayWebhook(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => ReplayWebhookInput, { description: "Which endpoint, and from where." })
    input: ReplayWebhookInput,
  ) {
    return webhooks.replayWebhook(ctx, input);
  }

  @FieldResolver(() => WebhookEndpointType, { nullable: true, description: "The endpoint it was for." })
  endpoint(@Root() delivery: WebhookDelivery, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.webhooks.endpoint.load(delivery.endpointId);
  }
}
