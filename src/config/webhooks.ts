import { z } from "zod";
import { whole } from "./limits";

const KEY_BYTES = 32;

/** What an operator decides about webhooks. */
export interface WebhookConfig {
  /** Seals the signing secrets; without it, production keeps none. */
  secretsKey?: Buffer;
  /** Lets receivers be plain http and anywhere; never in production. */
  allowInsecure: boolean;
  /** How many endpoints this node serves at once; 0 leaves delivering to other nodes. */
  deliveriesAtOnce: number;
}

/** The variables about webhooks. */
export const webhookVariables = {
  SECRETS_KEY: z
    .string()
    .transform((text) => Buffer.from(text, "base64"))
    .refine(
      (key) => key.length === KEY_BYTES,
      `must be ${KEY_BYTES} bytes in base64: openssl rand -base64 32`,
    )
    .optional(),
  WEBHOOKS_ALLOW_INSECURE: z.enum(["on", "off"], "must be on or off").default("off"),
  WEBHOOK_DELIVERIES_AT_ONCE: whole(0, 1_000).default(32),
};

/** What the variables say. */
export function webhookConfigOf(found: {
  SECRETS_KEY?: Buffer;
  WEBHOOKS_ALLOW_INSECURE: "on" | "off";
  WEBHOOK_DELIVERIES_AT_ONCE: number;
}): WebhookConfig {
  return {
    secretsKey: found.SECRETS_KEY,
    allowInsecure: found.WEBHOOKS_ALLOW_INSECURE === "on",
    deliveriesAtOnce: found.WEBHOOK_DELIVERIES_AT_ONCE,
  };
}
