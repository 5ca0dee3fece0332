import { Field, ID, Int, ObjectType } from "type-graphql";
import {
  WebhookDeliveryError,
  WebhookDeliveryOutcome,
  WebhookDisabledReason,
  WebhookEndpointStatus,
} from "./webhook.enums";
import type { EventType } from "../../src/events/event-map";
import { connectionOf } from "../connection.type";
import { EventTypeEnum } from "../events/event.enums";
import { MutationPayload } from "../errors/user-error.type";
import { NodeObject, NodeType } from "../node.type";
import { DateTimeScalar } from "../scalars";

/** A signing secret, without the secret. */
@ObjectType("WebhookSecret", {
  description: "A signing secret that is live. The secret itself is shown once, when it is made.",
})
export class WebhookSecretType {
  @Field(() => DateTimeScalar, { description: "When it was made." })
  createdAt: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it stops signing, after a rotation; null for the newest one.",
  })
  expiresAt: string | null;
}

/** A receiver of events. */
@NodeObject(
  "whe",
  "WebhookEndpoint",
  "A receiver to which your organization's events are posted in order, signed by Standard Webhooks 1.0.0.",
)
export class WebhookEndpointType extends NodeType {
  @Field(() => String, { description: "Where events are posted." })
  url: string;

  @Field(() => String, { description: "What it is for." })
  description: string;

  @Field(() => [EventTypeEnum], { description: "Only these types; all when empty." })
  eventTypes: EventType[];

  @Field(() => ID, {
    nullable: true,
    description: "Only events whose field `customerId` is this; all when null.",
  })
  customerId: string | null;

  @Field(() => WebhookEndpointStatus, { description: "Whether it gets events." })
  status: WebhookEndpointStatus;

  @Field(() => WebhookDisabledReason, {
    nullable: true,
    description: "By whom it was disabled; null while it is active.",
  })
  disabledReason: WebhookDisabledReason | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it was disabled; null while it is active.",
  })
  disabledAt: string | null;

  @Field(() => Int, {
    description:
      "Every event up to this position of your stream was delivered, given up or not wanted. Moves while events are delivered, without changing `version`.",
  })
  deliveredPosition: number;

  @Field(() => Int, { description: "How often the next event has failed so far, 0 to 9." })
  attempt: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When the event that failed is tried again; null when none waits.",
  })
  nextAttemptAt: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "Since when nothing but failures came; null after a success. Five days of it disable the endpoint.",
  })
  failingSince: string | null;

  @Field(() => ID, { description: "Id of the user that registered it." })
  createdBy: string;

  @Field(() => DateTimeScalar, { description: "When it was registered." })
  createdAt: string;

  @Field(() => Int, {
    description: "Grows with every change; give it as `expectedVersion` to change only what you read.",
  })
  version: number;
}

/** A page of endpoints. */
export const WebhookEndpointConnection = connectionOf(() => WebhookEndpointType, "WebhookEndpoint");

/** One attempt to deliver one event. */
@NodeObject("whd", "WebhookDelivery", "One attempt to deliver one event to one endpoint. Kept for 30 days.")
export class WebhookDeliveryType extends NodeType {
  @Field(() => ID, { description: "The event's id, sent as `webhook-id`: the same at every attempt." })
  eventId: string;

  @Field(() => Int, { description: "The event's position in your stream; 0 for a test." })
  position: number;

  @Field(() => String, { description: "The event's type, such as `invitation.accepted`, or `webhook.test`." })
  eventType: string;

  @Field(() => Int, { description: "Which attempt it was, 1 to 10; one more than before for a repetition." })
  attempt: number;

  @Field(() => DateTimeScalar, { description: "When the entry was made." })
  createdAt: string;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was sent; null while it is pending." })
  startedAt: string | null;

  @Field(() => Int, { nullable: true, description: "How long the receiver took, in ms." })
  durationMs: number | null;

  @Field(() => WebhookDeliveryOutcome, { description: "How it ended." })
  outcome: WebhookDeliveryOutcome;

  @Field(() => Int, {
    nullable: true,
    description: "The answer's HTTP status; null when there was no answer.",
  })
  statusCode: number | null;

  @Field(() => WebhookDeliveryError, { nullable: true, description: "Why it failed; null when it did not." })
  error: WebhookDeliveryError | null;

  @Field(() => String, { nullable: true, description: "The beginning of the answer's body, at most 1 kB." })
  responseExcerpt: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When the event is tried again; null when it is not.",
  })
  nextAttemptAt: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Id of the user or key that asked for it; null for an attempt by the schedule.",
  })
  requestedBy: string | null;
}

/** A page of an endpoint's delivery log. */
export const WebhookDeliveryConnection = connectionOf(() => WebhookDeliveryType, "WebhookDelivery");

const ENDPOINT = "The endpoint as it is now; null when `userErrors` say why not.";
const SECRET = "The signing secret. Shown this once: it is stored sealed and never given back.";

/** What registering gives. */
@ObjectType("CreateWebhookEndpointPayload", { description: "What `createWebhookEndpoint` did." })
export class CreateWebhookEndpointPayload extends MutationPayload {
  @Field(() => WebhookEndpointType, { nullable: true, description: ENDPOINT })
  endpoint?: WebhookEndpointType;

  @Field(() => String, { nullable: true, description: SECRET })
  secret?: string;
}

/** What changing gives. */
@ObjectType("UpdateWebhookEndpointPayload", { description: "What `updateWebhookEndpoint` did." })
export class UpdateWebhookEndpointPayload extends MutationPayload {
  @Field(() => WebhookEndpointType, { nullable: true, description: ENDPOINT })
  endpoint?: WebhookEndpointType;
}

/** What enabling gives. */
@ObjectType("EnableWebhookEndpointPayload", { description: "What `enableWebhookEndpoint` did." })
export class EnableWebhookEndpointPayload extends MutationPayload {
  @Field(() => WebhookEndpointType, { nullable: true, description: ENDPOINT })
  endpoint?: WebhookEndpointType;
}

/** What disabling gives. */
@ObjectType("DisableWebhookEndpointPayload", { description: "What `disableWebhookEndpoint` did." })
export class DisableWebhookEndpointPayload extends MutationPayload {
  @Field(() => WebhookEndpointType, { nullable: true, description: ENDPOINT })
  endpoint?: WebhookEndpointType;
}

/** What deleting gives. */
@ObjectType("DeleteWebhookEndpointPayload", { description: "What `deleteWebhookEndpoint` did." })
export class DeleteWebhookEndpointPayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: "Id of the endpoint that is gone." })
  deletedEndpointId?: string;
}

/** What rotating gives. */
@ObjectType("RotateWebhookSecretPayload", { description: "What `rotateWebhookSecret` did." })
export class RotateWebhookSecretPayload extends MutationPayload {
  @Field(() => WebhookEndpointType, { nullable: true, description: ENDPOINT })
  endpoint?: WebhookEndpointType;

  @Field(() => String, { nullable: true, description: SECRET })
  secret?: string;
}

/** What testing gives. */
@ObjectType("SendTestWebhookPayload", { description: "What `sendTestWebhook` did." })
export class SendTestWebhookPayload extends MutationPayload {
  @Field(() => WebhookDeliveryType, {
    nullable: true,
    description: "The log entry, pending: read it again by `node` to learn how it ended.",
  })
  delivery?: WebhookDeliveryType;
}

/** What repeating gives. */
@ObjectType("RetryWebhookDeliveryPayload", { description: "What `retryWebhookDelivery` did." })
export class RetryWebhookDeliveryPayload extends MutationPayload {
  @Field(() => WebhookDeliveryType, {
    nullable: true,
    description: "The new log entry, pending: read it again by `node` to learn how it ended.",
  })
  delivery?: WebhookDeliveryType;
}

/** What replaying gives. */
@ObjectType("ReplayWebhookPayload", { description: "What `replayWebhook` did." })
export class ReplayWebhookPayload extends MutationPayload {
  @Field(() => WebhookEndpointType, { nullable: true, description: ENDPOINT })
  endpoint?: WebhookEndpointType;
}
