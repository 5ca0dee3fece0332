import { adoptSecretsKey, secretBox } from "../webhooks";
import { ExitCode } from "./exit-code";
import type { DatabaseSubcommand } from "./subcommand";

/** Endpoints that the answer names. */
const MAX_NAMED = 50;

/**
 * `partnergraph admin adopt-secrets-key`: takes the SECRETS_KEY that is set for the one of this database, after the earlier one was
 * lost, and names the webhook endpoints whose secrets it cannot read.
 */
export const adoptSecretsKeyCommand: DatabaseSubcommand = {
  about: "takes SECRETS_KEY for the key of this database, after the earlier one was lost",
  options: {},
  variables: ["SECRETS_KEY"],
  run: async (ctx, _values, { config }) => {
    const { secretsKey } = config.webhooks;
    if (!secretsKey) {
      const text = "SECRETS_KEY is not set. Set it to 32 bytes in base64: openssl rand -base64 32";
      return { text, exitCode: ExitCode.COULD_NOT_RUN };
    }
    const unreadable = await adoptSecretsKey(ctx, secretBox(secretsKey), MAX_NAMED + 1);
    const taken = "SECRETS_KEY is the key of this database now.";
    if (unreadable.length === 0) return `${taken} It reads the secrets of all webhook endpoints.`;
    const named = unreadable.slice(0, MAX_NAMED).join("\n  ");
    const more = unreadable.length > MAX_NAMED ? "\n  and more" : "";
    return `${taken} It cannot read the secrets of these webhook endpoints. They deliver nothing until rotateWebhookSecret gives them new ones:\n  ${named}${more}`;
  },
};
