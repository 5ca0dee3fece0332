import { WebhookDisabledReason } from "../../../entities/webhooks/webhook-endpoint";
import { defineEvents, OWN_ORGANIZATION } from "./event-definition";

/** Events about webhook endpoints: never their secrets, nor the whole address, which may hold one. */
export const webhookEvents = defineEvents(
  {
    interfaceName: "WebhookEvent",
    description: "Something that happened to a webhook endpoint of your organization.",
    payload: {
      webhookEndpointId: { type: "ID", meaning: "The endpoint's id." },
      host: { type: "String", meaning: "Host of its address." },
      description: { type: "String", meaning: "What your organization wrote about it." },
      reason: { type: WebhookDisabledReason, meaning: "Why it was disabled." },
    },
    audience: OWN_ORGANIZATION,
  },
  {
    "webhook.disabled": {
      meaning:
        "We disabled a webhook endpoint: its receiver answered 410, nothing but failure came of it for five days, or events that it had still to get are no longer kept.",
    },
  },
);
