import { Webhook } from "standardwebhooks";
import { type WebhookDelivery, WebhookDeliveryOutcome } from "../../entities/webhooks/webhook-delivery";
import type { Instant } from "../../src/values/instant";
import type { WebhookTestContext } from "../webhooks/webhook-test-context";
import type { Received } from "../webhooks/receiver";
import type { Ill } from "./receivers";

/** One message as it came. */
export interface Tried {
  /** Virtual time, in ms. */
  at: number;
  message: Received;
  /** Whether the standardwebhooks package takes it for ours, and for sent just now. */
  isBelieved: boolean;
}

/** The delays of Standard Webhooks 1.0.0 from one attempt to the next, in ms, as far as they begin and end within a day. */
const SCHEDULE_MS = [5, 5 * 60, 30 * 60, 2 * 3_600, 5 * 3_600, 10 * 3_600].map((seconds) => seconds * 1_000);

/** By how much a delay may differ either way. */
const VARIANCE = 0.2;

/** How long what a dead sender held stays held, in ms. */
const LEASE_MS = 30_000;

/** The attempts of a day. */
export const TRIES = SCHEDULE_MS.length + 1;

/** Whether the package verifies a message at a virtual time. It knows only the real one, so it is told ours as long as it looks. */
export function believes(secret: string, { body, headers }: Received, now: Instant): boolean {
  const real = Date.now;
  Date.now = () => Date.parse(now);
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  } finally {
    Date.now = real;
  }
}

/**
 * Judges what a receiver that was ill for a day got, and what its log says; gives how many messages were sent again because
 * the sender was killed before it could note them.
 * @throws Error naming what was not as promised
 */
export async function checkReceiver(
  webhookContext: WebhookTestContext,
  ill: Ill,
  killedAt: number[],
): Promise<number> {
  const say = sayer(ill);
  const log = await webhookContext.log(ill.endpoint.id);
  const isGone = ill.name === "is gone";
  const row = await webhookContext.row(ill.endpoint.id);
  const state = [row.status, row.disabledReason, row.deliveredPosition].join();
  say(state === (isGone ? "DISABLED,GONE,0" : "ACTIVE,,0"), `the endpoint is ${state}`);
  say(log.length === (isGone ? 1 : TRIES), `${log.length} attempts were noted`);
  const isRight = (entry: WebhookDelivery, at: number) =>
    entry.attempt === at + 1 &&
    entry.outcome === WebhookDeliveryOutcome.FAILED &&
    entry.error === ill.error &&
    entry.position === 1;
  say(log.every(isRight), `the log says ${JSON.stringify(log)}`);
  checkTimes(log, killedAt, say);
  checkMessages(ill, "one", say);
  const noted = log.map(startOf);
  const repeats = ill.tried.filter(({ at }) => !noted.includes(at));
  say(
    noted.every((at) => ill.tried.some((one) => one.at === at)),
    "an attempt was noted and not made",
  );
  say(ill.tried.length === noted.length + repeats.length, "an attempt was made twice by one sender");
  say(
    repeats.every(({ at }) => killedAt.includes(at)),
    "a message came out of turn",
  );
  return repeats.length;
}

/** Judges that one which is well again got the event that it had refused, under the same id, and everything after it. */
export async function checkRecovery(webhookContext: WebhookTestContext, ill: Ill): Promise<void> {
  const say = sayer(ill);
  const [first] = ill.tried;
  const again = ill.tried.findIndex(({ message }) => message.event.data.companyName !== "one");
  const since = ill.tried.slice(again - 1);
  const words = since.map(({ message }) => message.event.data.companyName ?? message.event.type).join();
  const expected = ill.name === "is gone" ? "one,two,webhook.disabled" : "one,two";
  say(words === expected, `when it was well it got ${words}`);
  checkMessages({ ...ill, tried: ill.tried.slice(0, again) }, "one", say);
  say(since[0]?.message.body === first?.message.body, "the event has changed on the way");
  say(
    ill.tried.every(({ isBelieved }) => isBelieved),
    "standardwebhooks does not believe a message",
  );
  const delivered = (await webhookContext.log(ill.endpoint.id)).filter(
    ({ outcome }) => outcome === WebhookDeliveryOutcome.DELIVERED,
  );
  say(delivered.length === since.length, `${delivered.length} deliveries were noted`);
}

type Say = (isSo: boolean, otherwise: string) => void;

const sayer =
  ({ name }: Ill): Say =>
  (isSo, otherwise) => {
    if (!isSo) throw new Error(`the receiver that ${name}: ${otherwise}`);
  };

const startOf = ({ startedAt }: WebhookDelivery) => Date.parse(startedAt ?? "");

/** Each delay is that of the schedule; a sender that was killed makes the next attempt later by no more than its lease. */
function checkTimes(log: WebhookDelivery[], killedAt: number[], say: Say): void {
  for (const [at, entry] of log.slice(0, -1).entries()) {
    const due = Date.parse(entry.nextAttemptAt ?? "");
    const factor = (due - startOf(entry)) / (SCHEDULE_MS[at] ?? NaN);
    say(Math.abs(factor - 1) <= VARIANCE + 1e-3, `attempt ${at + 2} is due after ${factor} of its delay`);
    const next = startOf(log[at + 1]);
    const killed = killedAt.filter((time) => time >= due - LEASE_MS && time <= next).length;
    const late = next - due;
    say(
      late >= 0 && late <= killed * LEASE_MS,
      `attempt ${at + 2} was ${late} ms late after ${killed} kills`,
    );
  }
}

/** All were the one event, under its one id, at the one address, and believed. */
function checkMessages({ tried }: Ill, word: string, say: Say): void {
  const ids = new Set(tried.map(({ message }) => message.headers["webhook-id"]));
  say(ids.size === 1, `it got the ids ${[...ids].join()}`);
  const others = tried.filter(({ message }) => message.event.data.companyName !== word);
  say(others.length === 0, `it got another event than the first: ${others[0]?.message.body}`);
  const paths = new Set(tried.map(({ message }) => message.path));
  say([...paths].join() === "/hooks", `it was asked at ${[...paths].join()}`);
  say(
    tried.every(({ isBelieved }) => isBelieved),
    "standardwebhooks does not believe a message",
  );
}
