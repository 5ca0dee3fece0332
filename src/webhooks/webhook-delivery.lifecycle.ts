import { type WebhookDeliveryError, WebhookDeliveryOutcome } from "../../entities/webhooks/webhook-delivery";
import { WebhookDisabledReason } from "../../entities/webhooks/webhook-endpoint";
import type { Instant } from "../values/instant";

/** How long after the failure before it each attempt is made, in ms: ten attempts in about 75.6 hours (Standard Webhooks 1.0.0). */
export const RETRY_DELAYS_MS = [
  0, 5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000, 86_400_000,
];

/** After how long of nothing but failure an endpoint is disabled. */
export const FAILING_MS = 5 * 86_400_000;

const MAX_RETRY_AFTER_MS = 86_400_000;
const JITTER = 0.2;

/** What came of one attempt. */
export interface AttemptResult {
  /** Absent when it was delivered. */
  error?: WebhookDeliveryError;
  statusCode?: number;
  responseExcerpt?: string;
  /** How long the receiver asks us to wait, in ms. */
  retryAfterMs?: number;
  startedAt: Instant;
  durationMs: number;
}

/** The part of an endpoint that its attempts move. */
export interface DeliveryProgress {
  deliveredPosition: number;
  attempt: number;
  nextAttemptAt: Instant | null;
  failingSince: Instant | null;
  /** Present where it changes. */
  timeline?: string;
}

/** Where an endpoint stands after an attempt, and what the log says of it. */
export interface AfterAttempt {
  progress: DeliveryProgress;
  outcome: WebhookDeliveryOutcome;
  /** Why it must be disabled now; absent when it need not. */
  disable?: WebhookDisabledReason;
}

/**
 * Where an endpoint stands after its next event, at a position, was tried: delivered and on to the next; to be tried
 * again; or given up after the tenth failure and on to the next. 410 means that the receiver is gone for good.
 * `random` is from 0 up to 1: the delays vary by a fifth either way, so that receivers that came back are not overrun.
 */
export function afterAttempt(
  before: DeliveryProgress,
  position: number,
  result: AttemptResult,
  now: Instant,
  random: number,
): AfterAttempt {
  const attempt = before.attempt + 1;
  if (!result.error) {
    const progress = { deliveredPosition: position, attempt: 0, nextAttemptAt: null, failingSince: null };
    return { progress, outcome: WebhookDeliveryOutcome.DELIVERED };
  }
  const failingSince = before.failingSince ?? result.startedAt;
  const disable = disabledBy(result, failingSince, now);
  const delay = RETRY_DELAYS_MS[attempt];
  const jittered = (delay ?? 0) * (1 - JITTER + 2 * JITTER * random);
  const wait = disable ? 0 : Math.round(Math.max(jittered, askedFor(result)));
  const nextAttemptAt = wait > 0 ? new Date(Date.parse(now) + wait).toISOString() : null;
  if (delay === undefined) {
    const progress = { deliveredPosition: position, attempt: 0, nextAttemptAt, failingSince };
    return { progress, outcome: WebhookDeliveryOutcome.GAVE_UP, disable };
  }
  const { deliveredPosition } = before;
  const progress = { deliveredPosition, attempt, nextAttemptAt, failingSince };
  return { progress, outcome: WebhookDeliveryOutcome.FAILED, disable };
}

/** Why an attempt that failed must be the last one; nothing when it need not. */
export function disabledBy(
  { statusCode }: AttemptResult,
  failingSince: Instant,
  now: Instant,
): WebhookDisabledReason | undefined {
  if (statusCode === 410) return WebhookDisabledReason.GONE;
  const failingMs = Date.parse(now) - Date.parse(failingSince);
  return failingMs >= FAILING_MS ? WebhookDisabledReason.FAILING : undefined;
}

function askedFor({ retryAfterMs = 0 }: AttemptResult): number {
  return Math.min(retryAfterMs, MAX_RETRY_AFTER_MS);
}
