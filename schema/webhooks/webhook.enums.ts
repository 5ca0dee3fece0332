import { WebhookDeliveryError, WebhookDeliveryOutcome } from "../../entities/webhooks/webhook-delivery";
import { WebhookDisabledReason, WebhookEndpointStatus } from "../../entities/webhooks/webhook-endpoint";
import { registerEnum } from "../register-enum";

registerEnum(WebhookEndpointStatus, "WebhookEndpointStatus", "Whether a webhook endpoint gets events.", {
  ACTIVE: "Events are posted to it.",
  DISABLED: "It gets nothing. Enabled again, it goes on where it stopped.",
});

registerEnum(WebhookDisabledReason, "WebhookDisabledReason", "By whom a webhook endpoint was disabled.", {
  REQUESTED: "By a user of your organization.",
  GONE: "By its receiver, which answered 410.",
  FAILING: "By us, after five days of nothing but failure.",
  EVENTS_FORGOTTEN:
    "By us, because events that it had still to get are no longer kept. `replayWebhook` takes it to those that are.",
});

registerEnum(WebhookDeliveryOutcome, "WebhookDeliveryOutcome", "How an attempt to deliver ended.", {
  PENDING: "A test or repetition that you asked for and that is about to be sent.",
  DELIVERED: "The receiver answered 2xx in time.",
  FAILED: "It failed; `nextAttemptAt` says when it is tried again, where it is.",
  GAVE_UP:
    "It failed for the tenth time, and the next event goes. `retryWebhookDelivery` tries it once more.",
});

registerEnum(WebhookDeliveryError, "WebhookDeliveryError", "Why an attempt to deliver failed.", {
  NAME_NOT_FOUND: "The host name leads nowhere.",
  ADDRESS_NOT_PUBLIC: "The host, or where its name leads now, is not on the public internet.",
  CONNECTION_FAILED: "No connection, or it broke before the answer.",
  TLS_FAILED: "No trustworthy TLS connection: the certificate is wrong, or has ended.",
  TIMEOUT: "No whole answer within 15 seconds, looking up and connecting included.",
  ANSWER_UNREADABLE: "The answer was no HTTP.",
  REDIRECTED: "The answer was 3xx; redirects are not followed. Change the endpoint's address instead.",
  REFUSED: "The answer was 4xx or 5xx; `statusCode` has it.",
  SECRET_UNREADABLE:
    "The signing secret cannot be read here: rotate it, or ask the operator about SECRETS_KEY.",
  EVENT_FORGOTTEN: "The event is no longer kept.",
  ENDPOINT_DISABLED: "The endpoint was disabled before it could be sent.",
});

export { WebhookDeliveryError, WebhookDeliveryOutcome, WebhookDisabledReason, WebhookEndpointStatus };
