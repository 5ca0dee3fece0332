import type { SealedSecret } from "../../entities/webhooks/webhook-endpoint";
import type { Database } from "../../src/database/database";
import { secretBox } from "../../src/webhooks";
import type { LogSecrets } from "../support/log-secrets";

type HashRow = { hash: string };
type EndpointRow = { id: string; sealedSecrets: string | SealedSecret[] };

/**
 * Notes every secret that a database knows: the tokens of its invitations and its API keys by their hashes, and the signing secrets of its
 * webhook endpoints, which the key opens. Whatever made them, a request or the run itself, is among them.
 * @param secretsKey the SECRETS_KEY of the servers, in base64
 */
export async function addStoredSecrets(
  secrets: LogSecrets,
  database: Database,
  secretsKey: string,
): Promise<void> {
  const box = secretBox(Buffer.from(secretsKey, "base64"));
  await database.read(async (reads) => {
    for (const { hash } of await reads.rows<HashRow>("SELECT tokenHash AS hash FROM invitation"))
      secrets.addHash("the token of an invitation", hash);
    for (const { hash } of await reads.rows<HashRow>("SELECT hash AS hash FROM api_key_secret"))
      secrets.addHash("an API key of the database", hash);
    for (const { id, sealedSecrets } of await reads.rows<EndpointRow>(
      "SELECT id AS id, sealedSecrets AS sealedSecrets FROM webhook_endpoint",
    )) {
      const all =
        typeof sealedSecrets === "string" ? (JSON.parse(sealedSecrets) as SealedSecret[]) : sealedSecrets;
      for (const { sealed } of all) addSigningSecret(secrets, box.open(sealed, id));
    }
  });
}

/** With what it begins and without: whoever decodes it first may write the rest alone. */
function addSigningSecret(secrets: LogSecrets, secret: string): void {
  secrets.add("a signing secret of the database", secret);
  secrets.add("a signing secret without what it begins with", secret.slice(secret.indexOf("_") + 1));
}
