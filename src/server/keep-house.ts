import { forgetOldResults } from "../database/idempotency";
import { forgetOldDeliveries } from "../webhooks";
import { makeUseCaseContext } from "./graphql/context";
import type { Services } from "./services";

/** What nobody's request does: once an hour, and harmless on several nodes at once. */
export async function keepHouse(services: Services): Promise<void> {
  const ctx = makeUseCaseContext(services, { kind: "SYSTEM" }, "housekeeping");
  await ctx
    .transaction(async (tx) => {
      await forgetOldResults(tx);
      await forgetOldDeliveries(tx);
    })
    .catch((error: unknown) => services.log.warn({ err: error }, "housekeeping failed"));
}
