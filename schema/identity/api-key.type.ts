import { Field, ID, Int, ObjectType } from "type-graphql";
import { ApiKeyStatus } from "./api-key.enums";
import { connectionOf } from "../connection.type";
import { MutationPayload } from "../errors/user-error.type";
import { NodeObject, NodeType } from "../node.type";
import { DateTimeScalar } from "../scalars";

/** What is known of a secret of an API key, once it was shown. */
@ObjectType("ApiKeySecret", {
  description:
    "A secret of an API key that works now. The secret itself was shown once, when it was made; we keep a hash of it.",
})
export class ApiKeySecretType {
  @Field(() => String, { description: "The secret's last four characters, to tell it from others." })
  lastCharacters: string;

  @Field(() => DateTimeScalar, { description: "When it was made." })
  createdAt: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "When it stops working because the key was rotated; null for the newest one, which works as long as the key does.",
  })
  expiresAt: string | null;
}

/** An API key. */
@NodeObject(
  "key",
  "ApiKey",
  "What a service or listener of your organization signs in with instead of a person's token: `Authorization: Bearer pgk_…` over HTTP and SSE, the same text as `authorization` in a WebSocket's `connection_init`.",
)
export class ApiKeyType extends NodeType {
  @Field(() => String, { description: "What your organization calls it." })
  name: string;

  @Field(() => [String], {
    description:
      "The permissions it was given. One that your organization may no longer have stays listed and is not used; `viewer.permissions`, asked with the key, has those it may use.",
  })
  permissions: string[];

  @Field(() => ApiKeyStatus, { description: "Whether it works now." })
  status: ApiKeyStatus;

  @Field(() => DateTimeScalar, { description: "When it was created." })
  createdAt: string;

  @Field(() => ID, { description: "The user who created it." })
  createdBy: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it ends by itself; null when it lasts until it is revoked.",
  })
  expiresAt: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "When it was last used, to the minute and up to a minute late; null when it never was. A socket that it opened counts as use.",
  })
  lastUsedAt: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was revoked; null when it was not." })
  revokedAt: string | null;

  @Field(() => Int, {
    description: "Grows with every change but use; give it as `expectedVersion` to change what you read.",
  })
  version: number;
}

/** A page of API keys. */
export const ApiKeyConnection = connectionOf(() => ApiKeyType, "ApiKey");

/** What creating gives. */
@ObjectType("CreateApiKeyPayload", { description: "What `createApiKey` did." })
export class CreateApiKeyPayload extends MutationPayload {
  @Field(() => ApiKeyType, {
    nullable: true,
    description: "The new API key; null when `userErrors` say why not.",
  })
  apiKey?: ApiKeyType;

  @Field(() => String, {
    nullable: true,
    description:
      "What the service signs in with: 53 characters, `^pgk_[0-9A-Za-z]{49}$`. Shown this once: it is not stored. Null when `userErrors` say why not.",
  })
  secret?: string;
}

/** What rotating gives. */
@ObjectType("RotateApiKeyPayload", { description: "What `rotateApiKey` did." })
export class RotateApiKeyPayload extends MutationPayload {
  @Field(() => ApiKeyType, {
    nullable: true,
    description: "The API key as it is now; null when `userErrors` say why not.",
  })
  apiKey?: ApiKeyType;

  @Field(() => String, {
    nullable: true,
    description:
      "The new secret, 53 characters. Shown this once: it is not stored. Null when `userErrors` say why not.",
  })
  secret?: string;
}

/** What revoking gives. */
@ObjectType("RevokeApiKeyPayload", { description: "What `revokeApiKey` did." })
export class RevokeApiKeyPayload extends MutationPayload {
  @Field(() => ApiKeyType, {
    nullable: true,
    description: "The API key as it is now; null when `userErrors` say why not.",
  })
  apiKey?: ApiKeyType;
}
