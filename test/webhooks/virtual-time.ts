import { WebhookEndpointStatus } from "../../entities/webhooks/webhook-endpoint";
import type { WebhookTestOverrides } from "../../src/webhooks";
import type { WebhookTestContext, Registered } from "./webhook-test-context";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The virtual time, in milliseconds. */
export const timeOf = (webhookContext: WebhookTestContext) =>
  Date.parse(webhookContext.testContext.clock.now);

/** Deletes all endpoints after a test: time is everybody's, and the next test's days shall not be spent on this one's receivers. */
export async function forgetEndpoints(webhookContext: WebhookTestContext): Promise<void> {
  await webhookContext.testContext.system.transaction((tx) => tx.execute("DELETE FROM webhook_endpoint", []));
}

/** More often than any endpoint is due in a few days. */
const MAX_LOOKS = 200;

/** Plays a stretch of virtual time: whenever the endpoint is due again the clock is set to then, and it is served. */
export async function playTime(
  webhookContext: WebhookTestContext,
  { endpoint }: Registered,
  lengthMs: number,
  overrides: WebhookTestOverrides = {},
): Promise<{ attempts: number[] }> {
  const worker = webhookContext.worker(overrides);
  const begin = timeOf(webhookContext);
  const attempts: number[] = [];
  for (let looks = 1; ; looks++) {
    if (looks > MAX_LOOKS) throw new Error(`The endpoint is due for ever: ${attempts.length} attempts.`);
    const before = (await webhookContext.log(endpoint.id)).length;
    await worker.catchUp();
    const log = (await webhookContext.log(endpoint.id)).slice(before);
    attempts.push(...log.map(({ startedAt }) => Date.parse(startedAt ?? "") - begin));
    const { nextAttemptAt, status: state } = await webhookContext.row(endpoint.id);
    if (
      nextAttemptAt === null ||
      state === WebhookEndpointStatus.DISABLED ||
      Date.parse(nextAttemptAt) > begin + lengthMs
    )
      break;
    // A moment before, nothing is sent.
    webhookContext.wait(Date.parse(nextAttemptAt) - timeOf(webhookContext) - 1);
    await worker.catchUp();
    expect(await webhookContext.log(endpoint.id)).toHaveLength(before + log.length);
    webhookContext.wait(1);
  }
  await worker.close();
  webhookContext.wait(begin + lengthMs - timeOf(webhookContext));
  return { attempts };
}
