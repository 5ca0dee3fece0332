import { Field, ID, InputType, Int } from "type-graphql";
import type { EventType } from "../../src/events/event-map";
import { EventTypeEnum } from "../events/event.enums";
import { IdempotentInput } from "../idempotent.inputs";

const EXPECTED_VERSION = "The version you read; another one is answered STALE_VERSION.";

const SECRET =
  "A signing secret of yours: `whsec_` and 24 to 64 bytes in base64. We make one of 32 random bytes when it is absent.";

/** Where to post which events. */
@InputType("CreateWebhookEndpointInput", { description: "Where to post which events, from when on." })
export class CreateWebhookEndpointInput extends IdempotentInput {
  @Field(() => String, {
    description: "The receiver's address: https, on the public internet, port 443 or 8443.",
  })
  url: string;

  @Field(() => String, { nullable: true, description: "What it is for, at most 500 characters." })
  description?: string | null;

  @Field(() => [EventTypeEnum], {
    nullable: true,
    description: "Only these types; all when absent or empty.",
  })
  eventTypes?: EventType[] | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "Only events whose field `customerId` is this; one that you do not know simply gets none. All when absent.",
  })
  customerId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Cursor of the last event that you have, from any door. Absent: from now on.",
  })
  after?: string | null;

  @Field(() => String, { nullable: true, description: SECRET })
  secret?: string | null;
}

/** Which endpoint, and only in the version that was read. */
@InputType()
abstract class EndpointInput extends IdempotentInput {
  @Field(() => ID, { description: "The endpoint." })
  endpointId: string;
}

/** What to change of an endpoint. */
@InputType("UpdateWebhookEndpointInput", {
  description: "What to change of an endpoint. An absent field is left alone.",
})
export class UpdateWebhookEndpointInput extends EndpointInput {
  @Field(() => String, {
    nullable: true,
    description: "New address. The event that is being tried goes there at once.",
  })
  url?: string | null;

  @Field(() => String, { nullable: true, description: "New description; null empties it." })
  description?: string | null;

  @Field(() => [EventTypeEnum], {
    nullable: true,
    description: "Only these types from now on; all when empty or null.",
  })
  eventTypes?: EventType[] | null;

  @Field(() => ID, {
    nullable: true,
    description: "Only events whose field `customerId` is this from now on; all when null.",
  })
  customerId?: string | null;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

/** Which endpoint to enable. */
@InputType("EnableWebhookEndpointInput", { description: "Which endpoint to enable." })
export class EnableWebhookEndpointInput extends EndpointInput {
  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

/** Which endpoint to disable. */
@InputType("DisableWebhookEndpointInput", { description: "Which endpoint to disable." })
export class DisableWebhookEndpointInput extends EndpointInput {
  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

/** Which endpoint to delete. */
@InputType("DeleteWebhookEndpointInput", { description: "Which endpoint to delete." })
export class DeleteWebhookEndpointInput extends EndpointInput {
  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

/** Which endpoint gets a new secret. */
@InputType("RotateWebhookSecretInput", { description: "Which endpoint gets a new signing secret." })
export class RotateWebhookSecretInput extends EndpointInput {
  @Field(() => Int, {
    nullable: true,
    description: "For how many hours the old secret signs besides, 0 to 168. Default 24; 0 ends it at once.",
  })
  overlapHours?: number | null;

  @Field(() => String, { nullable: true, description: SECRET })
  secret?: string | null;
}

/** Which endpoint to test. */
@InputType("SendTestWebhookInput", { description: "Which endpoint to test." })
export class SendTestWebhookInput extends EndpointInput {}

/** Which delivery to repeat. */
@InputType("RetryWebhookDeliveryInput", { description: "Which entry of the delivery log to repeat." })
export class RetryWebhookDeliveryInput extends IdempotentInput {
  @Field(() => ID, { description: "The log entry." })
  deliveryId: string;
}

/** From where to go on. */
@InputType("ReplayWebhookInput", { description: "From where an endpoint goes on." })
export class ReplayWebhookInput extends EndpointInput {
  @Field(() => String, { description: "Cursor of the last event that the receiver need not get." })
  after: string;
}
