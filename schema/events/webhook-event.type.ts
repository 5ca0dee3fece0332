import { Field, ID, InterfaceType } from "type-graphql";
import { WebhookDisabledReason } from "../../entities/webhooks/webhook-endpoint";
import { WEBHOOK } from "../../src/events/payload-field-docs";
import { EventInterface, fact, plainEvent, resolveType } from "./event.interface";

/** What every event about a webhook endpoint tells. */
@InterfaceType("WebhookEvent", {
  description: "Something that happened to a webhook endpoint of your organization.",
  implements: EventInterface,
  resolveType,
})
export abstract class WebhookEventInterface extends EventInterface {
  @Field(() => ID, fact(WEBHOOK.webhookEndpointId))
  webhookEndpointId: string;

  @Field(() => String, fact(WEBHOOK.host))
  host: string;

  @Field(() => String, fact(WEBHOOK.description))
  description: string;

  @Field(() => WebhookDisabledReason, fact(WEBHOOK.reason))
  reason: WebhookDisabledReason;
}

/** The events about webhook endpoints. */
export const webhookEvents = [plainEvent("webhook.disabled", WebhookEventInterface)];
