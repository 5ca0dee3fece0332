import type { Transaction } from "../unit-of-work/transaction";
import { hashApiKeySecret, lastCharactersOf, makeApiKeySecret } from "./api-key-secret";
import { addSecret } from "./api-key.repository";

/** Gives an API key a new secret, of which only the hash is stored. For other use cases, in their transaction. */
export async function issueSecret(tx: Transaction, apiKeyId: string): Promise<string> {
  const secret = makeApiKeySecret();
  await addSecret(tx, {
    apiKeyId,
    hash: hashApiKeySecret(secret),
    lastCharacters: lastCharactersOf(secret),
  });
  return secret;
}
