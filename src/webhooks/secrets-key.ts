import { MoreThan } from "typeorm";
import { SecretsKeyCheck } from "../../entities/webhooks/secrets-key-check";
import { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { SecretBox } from "../context/webhook-dependencies";
import type { Reads } from "../database/reads";

/** The id of the only row, and what its text is sealed for. */
const CHECK = "secrets_key";
const TEXT = "This key seals the webhook secrets of this database.";

/** The endpoints that are looked at where a database has no check value yet. */
const MAX_ENDPOINTS = 20;

/**
 * Whether a key is the one that this database's secrets are sealed with. The first key that is used is remembered, as a text that is
 * sealed with it. A database of before 0.2.0 has no such text: there the key must open a secret of its newest endpoints.
 */
export async function isSecretsKeyOf(ctx: UseCaseContext, box: SecretBox): Promise<boolean> {
  const check = await ctx.read(findCheck);
  if (check) return opens(box, check.sealed, CHECK);
  return ctx.transaction(async (tx) => {
    const earlier = await findCheck(tx);
    if (earlier) return opens(box, earlier.sealed, CHECK);
    const endpoints = await newestEndpoints(tx);
    if (endpoints.length > 0 && !endpoints.some((endpoint) => opensSecretsOf(box, endpoint))) return false;
    // Where two nodes do this at once, the primary key lets one in, and the other one's work runs again.
    await tx.insert(SecretsKeyCheck, { id: CHECK, sealed: box.seal(TEXT, CHECK), createdAt: tx.now });
    return true;
  });
}

/**
 * Takes a key for the one of this database from now on, whatever its secrets were sealed with before; for an operator who has lost that
 * key. Gives the ids of the endpoints whose secrets it does not open, at most so many: they deliver nothing until their secret is rotated.
 */
export async function adoptSecretsKey(ctx: UseCaseContext, box: SecretBox, limit: number): Promise<string[]> {
  await ctx.transaction(async (tx) => {
    await tx.deleteWhere(SecretsKeyCheck, { id: CHECK });
    await tx.insert(SecretsKeyCheck, { id: CHECK, sealed: box.seal(TEXT, CHECK), createdAt: tx.now });
  });
  const unreadable: string[] = [];
  for (let after = ""; unreadable.length < limit;) {
    const endpoints = await ctx.read((reads) =>
      reads.find(WebhookEndpoint, {
        where: { id: MoreThan(after) },
        order: { id: "ASC" },
        take: MAX_ENDPOINTS,
      }),
    );
    unreadable.push(...endpoints.filter((endpoint) => !opensSecretsOf(box, endpoint)).map(({ id }) => id));
    const last = endpoints.at(-1);
    if (!last) break;
    after = last.id;
  }
  return unreadable.slice(0, limit);
}

function findCheck(reads: Reads): Promise<SecretsKeyCheck | null> {
  return reads.findOne(SecretsKeyCheck, { where: { id: CHECK } });
}

function newestEndpoints(reads: Reads): Promise<WebhookEndpoint[]> {
  return reads.find(WebhookEndpoint, { where: {}, order: { id: "DESC" }, take: MAX_ENDPOINTS });
}

function opensSecretsOf(box: SecretBox, { id, sealedSecrets }: WebhookEndpoint): boolean {
  return sealedSecrets.some(({ sealed }) => opens(box, sealed, id));
}

function opens(box: SecretBox, sealed: string, boundTo: string): boolean {
  try {
    box.open(sealed, boundTo);
    return true;
  } catch {
    return false;
  }
}
