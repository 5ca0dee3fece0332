import { Arg, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
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
import { Mutates } from "../allow";
import type { GraphqlContext } from "../graphql-context";

/** Deliveries to webhook endpoints. */
@Resolver(() => WebhookDeliveryType)
export class WebhookDeliveryResolver {
  @Mutates(webhooks.sendTestWebhook, () => SendTestWebhookPayload)
  sendTestWebhook(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => SendTestWebhookInput, { description: "Which endpoint." }) input: SendTestWebhookInput,
  ) {
    return webhooks.sendTestWebhook(ctx, input);
  }

  @Mutates(webhooks.retryWebhookDelivery, () => RetryWebhookDeliveryPayload)
  retryWebhookDelivery(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => RetryWebhookDeliveryInput, { description: "Which delivery." })
    input: RetryWebhookDeliveryInput,
  ) {
    return webhooks.retryWebhookDelivery(ctx, input);
  }

  @Mutates(webhooks.replayWebhook, () => ReplayWebhookPayload)
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
