import { Arg, Args, Ctx, Extensions, FieldResolver, Query, Resolver, Root } from "type-graphql";
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
import { Allow, Mutates } from "../allow";
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

  @Mutates(identity.createApiKey, () => CreateApiKeyPayload)
  createApiKey(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => CreateApiKeyInput, { description: "The new API key." }) input: CreateApiKeyInput,
  ) {
    return identity.createApiKey(ctx, input);
  }

  @Mutates(identity.rotateApiKey, () => RotateApiKeyPayload)
  rotateApiKey(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => RotateApiKeyInput, { description: "Which API key, and for how long both work." })
    input: RotateApiKeyInput,
  ) {
    return identity.rotateApiKey(ctx, input);
  }

  @Mutates(identity.revokeApiKey, () => RevokeApiKeyPayload)
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
