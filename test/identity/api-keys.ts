import { AdminRole } from "../../entities/identity/user";
import type { Actor, PartnerUserActor, CustomerUserActor } from "../../src/access/actor";
import { defaultMatrix, type PermissionMatrix } from "../../src/access/permission-matrix";
import { ActorDirectory, type ApiKeyWithSecret, createApiKey, type CreateApiKey } from "../../src/identity";
import { hashApiKeySecret } from "../../src/identity/api-key-secret";
import { aPartner, type PartnerWithUser } from "../support/builders";
import type { TestContext } from "../support/test-context";

/** Who may make API keys. */
export const GLOBAL_ADMIN = { admin: [AdminRole.GLOBAL_ADMIN] };

/** A direct-bill partner with its Global admin, unless told otherwise. */
export function aPartnerWithAdmin(
  testContext: TestContext,
  overrides: Parameters<typeof aPartner>[1] = {},
): Promise<PartnerWithUser> {
  return aPartner(testContext, overrides, GLOBAL_ADMIN);
}

/** An API key that may read events, unless told otherwise. */
export function anApiKey(
  testContext: TestContext,
  creator: PartnerUserActor | CustomerUserActor,
  overrides: Partial<CreateApiKey> = {},
): Promise<ApiKeyWithSecret> {
  return createApiKey(testContext.as(creator), {
    name: "Listener",
    permissions: ["event.read"],
    ...overrides,
  });
}

/** Who bears a secret, looked up anew. */
export async function actorOf(
  testContext: TestContext,
  secret: string,
  matrix: PermissionMatrix = defaultMatrix,
): Promise<Actor> {
  const { database, now } = testContext.services;
  const directory = new ActorDirectory({ read: (work) => database.read(work), matrix, now });
  return (await directory.bearerOf({ kind: "API_KEY", hash: hashApiKeySecret(secret) })).actor;
}
