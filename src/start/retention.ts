import type { Config } from "../config/config";
import { forgetOldResults } from "../unit-of-work/idempotency";
import { forgetOldEvents } from "../events/forget-old-events";
import { forgetOldDeliveries } from "../webhooks";
import { makeUseCaseContext } from "../transport/graphql/context";
import type { Services } from "../transport/services";

const HOUSEKEEPING_MS = 3_600_000;

/** Does once an hour what nobody's request does; harmless on several nodes at once. Gives back what stops it. */
export function scheduleRetention(
  services: Services,
  config: Pick<Config, "eventRetentionDays">,
): () => Promise<void> {
  const stopping = new AbortController();
  let work = Promise.resolve();
  const timer = setInterval(() => {
    work = work.then(() => runRetention(services, config, stopping.signal));
  }, HOUSEKEEPING_MS).unref();
  return async () => {
    clearInterval(timer);
    stopping.abort();
    await work;
  };
}

async function runRetention(
  services: Services,
  { eventRetentionDays }: Pick<Config, "eventRetentionDays">,
  signal: AbortSignal,
): Promise<void> {
  const ctx = makeUseCaseContext(services, { kind: "SYSTEM" }, "housekeeping");
  try {
    for (const forget of [forgetOldResults, forgetOldDeliveries])
      while (!signal.aborted && (await ctx.transaction(forget)));
    await forgetOldEvents(ctx, eventRetentionDays, signal);
    services.meter.chore("housekeeping", true);
  } catch (error) {
    services.meter.chore("housekeeping", false);
    services.log.warn({ err: error }, "housekeeping failed");
  }
}
