import { WebhookEndpointStatus } from "../../entities/webhooks/webhook-endpoint";
import type { WebhookSeams } from "../../src/webhooks";
import type { PostOffice, Registered } from "./post-office";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The virtual time, in milliseconds. */
export const timeOf = (office: PostOffice) => Date.parse(office.house.clock.now);

/** Deletes all endpoints after a test: time is everybody's, and the next test's days shall not be spent on this one's receivers. */
export async function forgetEndpoints(office: PostOffice): Promise<void> {
  await office.house.system.transaction((tx) => tx.execute("DELETE FROM webhook_endpoint", []));
}

/** More often than any endpoint is due in a few days. */
const MAX_LOOKS = 200;

/** Plays a stretch of virtual time: whenever the endpoint is due again the clock is set to then, and it is served. */
export async function playTime(
  office: PostOffice,
  { endpoint }: Registered,
  lengthMs: number,
  seams: WebhookSeams = {},
): Promise<{ attempts: number[] }> {
  const worker = office.worker(seams);
  const begin = timeOf(office);
  const attempts: number[] = [];
  for (let looks = 1; ; looks++) {
    if (looks > MAX_LOOKS) throw new Error(`The endpoint is due for ever: ${attempts.length} attempts.`);
    const before = (await office.log(endpoint.id)).length;
    await worker.catchUp();
    const log = (await office.log(endpoint.id)).slice(before);
    attempts.push(...log.map(({ startedAt }) => Date.parse(startedAt ?? "") - begin));
    const { nextAttemptAt, status: state } = await office.row(endpoint.id);
    if (
      nextAttemptAt === null ||
      state === WebhookEndpointStatus.DISABLED ||
      Date.parse(nextAttemptAt) > begin + lengthMs
    )
      break;
    // A moment before, nothing is sent.
    office.wait(Date.parse(nextAttemptAt) - timeOf(office) - 1);
    await worker.catchUp();
    expect(await office.log(endpoint.id)).toHaveLength(before + log.length);
    office.wait(1);
  }
  await worker.close();
  office.wait(begin + lengthMs - timeOf(office));
  return { attempts };
}
