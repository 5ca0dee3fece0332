import { Arg, Args, Ctx, Extensions, FieldResolver, Query, Resolver, Root } from "type-graphql";
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
import { Allow, Mutates } from "../allow";
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

  @Mutates(webhooks.createWebhookEndpoint, () => CreateWebhookEndpointPayload)
  createWebhookEndpoint(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => CreateWebhookEndpointInput, { description: "Where to post which events." })
    input: CreateWebhookEndpointInput,
  ) {
    return webhooks.createWebhookEndpoint(ctx, input);
  }

  @Mutates(webhooks.updateWebhookEndpoint, () => UpdateWebhookEndpointPayload)
  updateWebhookEndpoint(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => UpdateWebhookEndpointInput, { description: "What to change." })
    input: UpdateWebhookEndpointInput,
  ) {
    return webhooks.updateWebhookEndpoint(ctx, input);
  }

  @Mutates(webhooks.enableWebhookEndpoint, () => EnableWebhookEndpointPayload)
  enableWebhookEndpoint(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => EnableWebhookEndpointInput, { description: "Which endpoint." })
    input: EnableWebhookEndpointInput,
  ) {
    return webhooks.enableWebhookEndpoint(ctx, input);
  }

  @Mutates(webhooks.disableWebhookEndpoint, () => DisableWebhookEndpointPayload)
  disableWebhookEndpoint(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => DisableWebhookEndpointInput, { description: "Which endpoint." })
    input: DisableWebhookEndpointInput,
  ) {
    return webhooks.disableWebhookEndpoint(ctx, input);
  }

  @Mutates(webhooks.deleteWebhookEndpoint, () => DeleteWebhookEndpointPayload)
  deleteWebhookEndpoint(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => DeleteWebhookEndpointInput, { description: "Which endpoint." })
    input: DeleteWebhookEndpointInput,
  ) {
    return webhooks.deleteWebhookEndpoint(ctx, input);
  }

  @Mutates(webhooks.rotateWebhookSecret, () => RotateWebhookSecretPayload)
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
