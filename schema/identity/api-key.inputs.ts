import { ArgsType, Field, ID, InputType, Int } from "type-graphql";
import { ApiKeyStatus } from "./api-key.enums";
import { PageArgs } from "../connection.type";
import { IdempotentInput } from "../idempotent.inputs";
import { DateTimeScalar } from "../scalars";

/** What a list of API keys is asked for. */
@ArgsType()
export class ApiKeysArgs extends PageArgs {
  @Field(() => ApiKeyStatus, { nullable: true, description: "Only with this status; all when absent." })
  status?: ApiKeyStatus;
}

/** A new API key. */
@InputType("CreateApiKeyInput", { description: "A new API key of your organization." })
export class CreateApiKeyInput extends IdempotentInput {
  @Field(() => String, {
    description:
      "What to call it, 1 to 100 characters, such as the name of the service that will use it. Two may be called the same.",
  })
  name: string;

  @Field(() => [String], {
    description:
      "What it may do, such as `event.read`: at least one of your own permissions (`viewer.permissions`) that a key can have. A key never can accept invitations, manage users or manage API keys. What you leave out it cannot do: `viewer` too takes `viewer.read`, and `node` takes `node.read`.",
  })
  permissions: string[];

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "When it shall end by itself, in the future and at most 10 years away. Absent: it lasts until it is revoked.",
  })
  expiresAt?: string | null;
}

/** Which API key to rotate. */
@InputType("RotateApiKeyInput", { description: "Which API key shall have a new secret." })
export class RotateApiKeyInput extends IdempotentInput {
  @Field(() => ID, { description: "The API key." })
  apiKeyId: string;

  @Field(() => Int, {
    nullable: true,
    description:
      "For how many hours the secret until now goes on working, 0 to 720. Default 24. With 0 it stops at once.",
  })
  overlapHours?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "The version you read; another one is answered STALE_VERSION.",
  })
  expectedVersion?: number | null;
}

/** Which API key to revoke. */
@InputType("RevokeApiKeyInput", { description: "Which API key to revoke." })
export class RevokeApiKeyInput extends IdempotentInput {
  @Field(() => ID, { description: "The API key." })
  apiKeyId: string;

  @Field(() => Int, {
    nullable: true,
    description: "The version you read; another one is answered STALE_VERSION.",
  })
  expectedVersion?: number | null;
}
