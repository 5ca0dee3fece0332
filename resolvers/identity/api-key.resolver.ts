import { Arg, Args, Ctx, Extensions, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import type { ApiKey, ApiKeyStatus } from "../../entities/identity/api-key";
import {
  ApiKeysArgs,
  CreateApiKeyInput,
  RevokeApiKeyInput,
  RotateApiKeyInput,
} from "../../schema/identity/api-key.inputs";
import {
  ApiKeyConnection,
  ApiKeySecretType,
  ApiKeyType,
  CreateApiKeyPayload,
  RevokeApiKeyPayload,
  RotateApiKeyPayload,
} from "../../schema/identity/api-key.type";
import * as identity from "../../src/identity";
import { LIST_BOUNDS } from "../../src/errors/list-bounds";
import { Allow } from "../allow";
import type { GraphqlContext } from "../graphql-context";

/** API keys of services and listeners. */
@Resolver(() => ApiKeyType)
export class ApiKeyResolver {
  @Query(() => ApiKeyConnection, {
    nullable: true,
    description: "Your organization's API keys, newest first. Codes: FIELD_INVALID, CURSOR_INVALID.",
  })
  @Allow("api-key.read")
  apiKeys(@Ctx() ctx: GraphqlContext, @Args(() => ApiKeysArgs) args: ApiKeysArgs) {
    return identity.listApiKeys(ctx, args);
  }

  @Mutation(() => CreateApiKeyPayload, {
    nullable: true,
    description:
      "Creates an API key for a service or listener of your organization, with some of your own permissions. Its secret is in this answer and nowhere else; a repeat with the same `idempotencyKey` shows it again. At most 100 active keys. Each permission that you cannot give is refused with the reason, and `details.allowed` lists those that you can. Codes: FIELD_INVALID, API_KEY_LIMIT_REACHED. Event: api-key.created.",
  })
  @Allow("api-key.create")
  createApiKey(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => CreateApiKeyInput, { description: "The new API key." }) input: CreateApiKeyInput,
  ) {
    return identity.createApiKey(ctx, input);
  }

  @Mutation(() => RotateApiKeyPayload, {
    nullable: true,
    description:
      "Gives an API key a new secret; the one until now works until the overlap ends, so that a service can change over. At most two work at a time: one that an earlier rotation left working stops at once, so send an `idempotencyKey` and repeat with it when no answer came. Codes: FIELD_INVALID, ID_MALFORMED, API_KEY_NOT_FOUND, API_KEY_ALREADY_REVOKED, API_KEY_EXPIRED, API_KEY_EXCEEDS_YOUR_PERMISSIONS, STALE_VERSION. Event: api-key.rotated.",
  })
  @Allow("api-key.rotate")
  rotateApiKey(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => RotateApiKeyInput, { description: "Which API key, and for how long both work." })
    input: RotateApiKeyInput,
  ) {
    return identity.rotateApiKey(ctx, input);
  }

  @Mutation(() => RevokeApiKeyPayload, {
    nullable: true,
    description:
      "Revokes an API key at once and for good, with all its secrets; its sockets are closed within seconds. Codes: ID_MALFORMED, API_KEY_NOT_FOUND, API_KEY_ALREADY_REVOKED, STALE_VERSION. Event: api-key.revoked.",
  })
  @Allow("api-key.revoke")
  revokeApiKey(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => RevokeApiKeyInput, { description: "Which API key." }) input: RevokeApiKeyInput,
  ) {
    return identity.revokeApiKey(ctx, input);
  }

  @FieldResolver()
  status(@Root() apiKey: ApiKey, @Ctx() ctx: GraphqlContext): ApiKeyStatus {
    return identity.apiKeyStatusAt(apiKey, ctx.now());
  }

  @Extensions({ listSize: LIST_BOUNDS.liveSecrets })
  @FieldResolver(() => [ApiKeySecretType], {
    description:
      "Its secrets that work now, newest first: one, two while a rotation's overlap lasts, none of a key that is over.",
  })
  secrets(@Root() apiKey: ApiKey, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.apiKeys.liveSecrets.load(apiKey.id);
  }
}
