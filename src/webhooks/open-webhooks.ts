import { setTimeout as pause } from "node:timers/promises";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { WebhookDependencies } from "../context/webhook-dependencies";
import { AddressGuard, type ResolveName } from "./address-guard";
import { WebhookProcessor } from "./deliver-webhooks.processor";
import { developmentSecretsKey, secretBox } from "./secret-box";
import { type Sleep, WebhookSender } from "./send-webhook";
import type { DeliveryDependencies } from "./delivery-run";

/** What an operator decides about webhooks. */
export interface WebhookSettings {
  production: boolean;
  dataDir: string;
  /** 32 bytes that seal the signing secrets; outside production one is made in the data folder. */
  secretsKey?: Buffer;
  allowInsecure: boolean;
  /** How many endpoints this node serves at once; 0 leaves delivering to other nodes. */
  deliveriesAtOnce: number;
}

/** What tests set and operators do not. */
export interface WebhookTestOverrides {
  resolve?: ResolveName;
  sleep?: Sleep;
  random?: () => number;
  timeoutMs?: number;
  pollMs?: number;
}

/** Webhooks of one node. */
export interface Webhooks {
  /** What use cases need. */
  means: WebhookDependencies;
  /** Makes what delivers, not yet started, unless this node is not to deliver or cannot open the secrets. */
  makeProcessor(
    ctx: UseCaseContext,
    listener: Pick<DeliveryDependencies, "onError" | "onAttempt" | "onDisabled">,
  ): WebhookProcessor | undefined;
}

const realSleep: Sleep = (ms, signal) => pause(ms, undefined, { ref: false, signal }).catch(() => undefined);

/** Opens webhooks as the operator set them. */
export function openWebhooks(settings: WebhookSettings, overrides: WebhookTestOverrides = {}): Webhooks {
  const { allowInsecure, deliveriesAtOnce, production, dataDir } = settings;
  const guard = new AddressGuard({ allowInsecure, resolve: overrides.resolve });
  const key = settings.secretsKey ?? (production ? undefined : developmentSecretsKey(dataDir));
  const box = key && secretBox(key);
  return {
    means: { checkUrl: guard.checkUrl, secretBox: box },
    makeProcessor: (ctx, listener) => {
      if (!box || deliveriesAtOnce === 0) return undefined;
      const { sleep = realSleep, random = Math.random, timeoutMs, pollMs } = overrides;
      const sender = new WebhookSender({ guard, allowInsecure, now: () => ctx.now(), sleep, timeoutMs });
      const means = { ctx, sender, secretBox: box, sleep, random, ...listener };
      return new WebhookProcessor({ ...means, atOnce: deliveriesAtOnce, pollMs });
    },
  };
}
