import { Arg, Args, Ctx, Extensions, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import type { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import { PageArgs } from "../../schema/connection.type";
import {
  CreateWebhookEndpointInput,
  DeleteWebhookEndpointInput,
  DisableWebhookEndpointInput,
  EnableWebhookEndpointInput,
  RotateWebhookSecretInput,
  UpdateWebhookEndpointInput,
} from "../../schema/webhooks/webhook.inputs";
import {
  CreateWebhookEndpointPayload,
  DeleteWebhookEndpointPayload,
  DisableWebhookEndpointPayload,
  EnableWebhookEndpointPayload,
  RotateWebhookSecretPayload,
  UpdateWebhookEndpointPayload,
  WebhookDeliveryConnection,
  WebhookEndpointConnection,
  WebhookEndpointType,
  WebhookSecretType,
} from "../../schema/webhooks/webhook.type";
import { eventCursor } from "../../src/events/event-cursor";
import * as webhooks from "../../src/webhooks";
import { LIST_BOUNDS } from "../../src/errors/list-bounds";
import { Allow } from "../allow";
import type { GraphqlContext } from "../graphql-context";

/** Webhook endpoints. */
@Resolver(() => WebhookEndpointType)
export class WebhookResolver {
  @Query(() => WebhookEndpointConnection, {
    nullable: true,
    description: "Your organization's webhook endpoints, oldest first. Codes: FIELD_INVALID, CURSOR_INVALID.",
  })
  @Allow("webhook.read")
  webhookEndpoints(@Ctx() ctx: GraphqlContext, @Args(() => PageArgs) page: PageArgs) {
    return webhooks.listWebhookEndpoints(ctx, page);
  }

  @Mutation(() => CreateWebhookEndpointPayload, {
    nullable: true,
    description:
      "Registers a receiver for your organization's events, at most 20. Since they carry what happened, it takes `event.read` besides its permission. Codes: FORBIDDEN, FIELD_INVALID, WEBHOOK_URL_NOT_HTTPS, WEBHOOK_URL_NOT_PUBLIC, WEBHOOK_URL_UNRESOLVABLE, EVENT_TYPE_UNKNOWN, ID_MALFORMED, WEBHOOK_SECRET_TOO_SHORT, WEBHOOK_SECRETS_KEY_MISSING, WEBHOOK_ENDPOINTS_TOO_MANY, EVENTS_CURSOR_INVALID, EVENTS_CURSOR_FOREIGN, EVENTS_CURSOR_AHEAD, EVENTS_CURSOR_FROM_BEFORE_RESTORE, EVENTS_CURSOR_EXPIRED.",
  })
  @Allow("webhook.create")
  createWebhookEndpoint(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => CreateWebhookEndpointInput, { description: "Where to post which events." })
    input: CreateWebhookEndpointInput,
  ) {
    return webhooks.createWebhookEndpoint(ctx, input);
  }

  @Mutation(() => UpdateWebhookEndpointPayload, {
    nullable: true,
    description:
      "Changes where events are posted, or which. Besides its permission it takes `event.read`. Codes: FORBIDDEN, FIELD_INVALID, WEBHOOK_ENDPOINT_NOT_FOUND, WEBHOOK_URL_NOT_HTTPS, WEBHOOK_URL_NOT_PUBLIC, WEBHOOK_URL_UNRESOLVABLE, EVENT_TYPE_UNKNOWN, ID_MALFORMED, STALE_VERSION.",
  })
  @Allow("webhook.update")
  updateWebhookEndpoint(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => UpdateWebhookEndpointInput, { description: "What to change." })
    input: UpdateWebhookEndpointInput,
  ) {
    return webhooks.updateWebhookEndpoint(ctx, input);
  }

  @Mutation(() => EnableWebhookEndpointPayload, {
    nullable: true,
    description:
      "Lets a disabled endpoint get events again, beginning with the first one that it did not get; refused where that one is no longer kept, until `replayWebhook` has moved the endpoint on. Besides its permission it takes `event.read`. Codes: FORBIDDEN, WEBHOOK_ENDPOINT_NOT_FOUND, EVENTS_CURSOR_EXPIRED, STALE_VERSION.",
  })
  @Allow("webhook.update")
  enableWebhookEndpoint(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => EnableWebhookEndpointInput, { description: "Which endpoint." })
    input: EnableWebhookEndpointInput,
  ) {
    return webhooks.enableWebhookEndpoint(ctx, input);
  }

  @Mutation(() => DisableWebhookEndpointPayload, {
    nullable: true,
    description:
      "Stops posting to an endpoint until it is enabled again. Codes: WEBHOOK_ENDPOINT_NOT_FOUND, STALE_VERSION.",
  })
  @Allow("webhook.update")
  disableWebhookEndpoint(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => DisableWebhookEndpointInput, { description: "Which endpoint." })
    input: DisableWebhookEndpointInput,
  ) {
    return webhooks.disableWebhookEndpoint(ctx, input);
  }

  @Mutation(() => DeleteWebhookEndpointPayload, {
    nullable: true,
    description:
      "Deletes an endpoint for good, with its secrets and its delivery log. Codes: WEBHOOK_ENDPOINT_NOT_FOUND, STALE_VERSION.",
  })
  @Allow("webhook.delete")
  deleteWebhookEndpoint(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => DeleteWebhookEndpointInput, { description: "Which endpoint." })
    input: DeleteWebhookEndpointInput,
  ) {
    return webhooks.deleteWebhookEndpoint(ctx, input);
  }

  @Mutation(() => RotateWebhookSecretPayload, {
    nullable: true,
    description:
      "Gives an endpoint a new signing secret. Until the overlap is over, old and new sign both. Codes: FIELD_INVALID, WEBHOOK_ENDPOINT_NOT_FOUND, WEBHOOK_SECRET_TOO_SHORT, WEBHOOK_SECRETS_OVERLAP, WEBHOOK_SECRETS_KEY_MISSING.",
  })
  @Allow("webhook.update")
  rotateWebhookSecret(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => RotateWebhookSecretInput, { description: "Which endpoint." })
    input: RotateWebhookSecretInput,
  ) {
    return webhooks.rotateWebhookSecret(ctx, input);
  }

  @FieldResolver(() => String, {
    description: "The place up to which it has come, to be given as `after` at any door.",
  })
  deliveredCursor(@Root() { organizationId, deliveredPosition, timeline }: WebhookEndpoint): string {
    return eventCursor(organizationId, deliveredPosition, timeline);
  }

  @Extensions({ listSize: LIST_BOUNDS.liveSecrets })
  @FieldResolver(() => [WebhookSecretType], {
    description: "The secrets that sign now, newest first: one, or two while a rotation overlaps.",
  })
  secrets(@Root() endpoint: WebhookEndpoint, @Ctx() ctx: GraphqlContext) {
    return webhooks.liveSecrets(endpoint, ctx.now());
  }

  @FieldResolver(() => WebhookDeliveryConnection, {
    nullable: true,
    description: "Its delivery log of the last 30 days, newest first. Codes: FIELD_INVALID, CURSOR_INVALID.",
  })
  deliveries(
    @Root() endpoint: WebhookEndpoint,
    @Ctx() ctx: GraphqlContext,
    @Args(() => PageArgs) page: PageArgs,
  ) {
    return webhooks.listWebhookDeliveries(ctx, endpoint.id, page);
  }
}
