import { Field, ID, InterfaceType } from "type-graphql";
import { WebhookDisabledReason } from "../../entities/webhooks/webhook-endpoint";
import { EventInterface, plainEvent, resolveType } from "./event.interface";

/** What every event about a webhook endpoint tells. */
@InterfaceType("WebhookEvent", {
  description: "Something that happened to a webhook endpoint of your organization.",
  implements: EventInterface,
  resolveType,
})
export abstract class WebhookEventInterface extends EventInterface {
  @Field(() => ID, { description: "The endpoint's id." })
  webhookEndpointId: string;

  @Field(() => String, { description: "Host of its address." })
  host: string;

  @Field(() => String, { description: "What your organization wrote about it." })
  description: string;

  @Field(() => WebhookDisabledReason, { description: "Why it was disabled." })
  reason: WebhookDisabledReason;
}

/** The events about webhook endpoints. */
export const webhookEvents = [plainEvent("webhook.disabled", WebhookEventInterface)];
