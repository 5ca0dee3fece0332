import {
  WebhookDelivery,
  WebhookDeliveryError,
  WebhookDeliveryOutcome,
} from "../../entities/webhooks/webhook-delivery";
import { WebhookDisabledReason, type WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import { newId } from "../values/ids";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { SecretBox } from "../context/webhook-dependencies";
import type { StreamEnds } from "../events/event-cursor";
import type { RecordedEvent } from "../events/event-map";
import { restoredNotice } from "./restored-notice";
import { deliveryEntry } from "./delivery-entry";
import type { Sleep, WebhookSender } from "./send-webhook";
import {
  afterAttempt,
  type AttemptResult,
  disabledBy,
  type DeliveryProgress,
} from "./webhook-delivery.lifecycle";
import { findEventAt, receivable, WantedEvents } from "./webhook-events";
import { releaseLease, type Lease, LEASE_MS, leaseEnd, readLeased } from "./webhook-lease";
import { recordAttempt, recordGap, recordProgress, recordRequested } from "./delivery-records";
import { payloadOf, RESTORED_EVENT_TYPE, TEST_EVENT_TYPE, testPayload } from "./webhook-payload";
import { liveSecrets } from "./webhook-secret";
import { oldestPending } from "./webhook.repository";

/** One attempt to deliver, as it may be counted and logged: no address, no secret and nothing of what was sent or answered. */
export type DeliveryAttempt = Pick<
  WebhookDelivery,
  | "id"
  | "endpointId"
  | "organizationId"
  | "eventId"
  | "attempt"
  | "outcome"
  | "statusCode"
  | "error"
  | "nextAttemptAt"
>;

/** What a worker delivers with. */
export interface DeliveryDependencies {
  ctx: UseCaseContext;
  sender: Pick<WebhookSender, "send" | "close">;
  secretBox: SecretBox;
  sleep: Sleep;
  /** From 0 up to 1. */
  random: () => number;
  onError: (error: unknown) => void;
  /** Told how each attempt ended, when that is noted. */
  onAttempt?: (attempt: DeliveryAttempt) => void;
  /** Told when an endpoint was disabled because of what it answered, or of events that are gone. */
  onDisabled?: (endpoint: Lease, reason: WebhookDisabledReason) => void;
}

/** After so many events another endpoint gets a turn. */
const EVENTS_PER_TURN = 100;

/** A lease that ends sooner is renewed before anything is sent. */
const SHORT_LEASE_MS = LEASE_MS / 2 + 5_000;

type Step = "GO_ON" | "GIVE_BACK" | "OVER";

/** What is sent by the schedule. */
interface Scheduled extends Pick<WebhookDelivery, "eventId" | "eventType" | "position"> {
  before: DeliveryProgress;
  /** Where the endpoint stands when it was delivered or given up. */
  after: number;
  /** The timeline of that place, where it is another one than before. */
  timeline?: string;
}

/**
 * One worker's turn at one endpoint that it holds the lease of: what was asked for first, then the stream's events in
 * order, until there is nothing to be sent now, an attempt fails, the lease has passed on, or others wait. It
 * ends after what is under way when `stop.soon` is aborted, and in the midst of it when `stop.now` is.
 */
export class DeliveryRun {
  private readonly wanted: WantedEvents;

  constructor(
    private readonly means: DeliveryDependencies,
    private readonly lease: Lease,
    private readonly stop: { soon: AbortSignal; now: AbortSignal },
  ) {
    this.wanted = new WantedEvents(means.ctx);
  }

  /** Delivers, and gives the lease back unless it was lost. */
  async take(): Promise<void> {
    let step: Step = "GO_ON";
    for (let left = EVENTS_PER_TURN; step === "GO_ON" && left > 0; left--) {
      step = this.stop.soon.aborted ? "GIVE_BACK" : await this.step();
    }
    if (step !== "OVER") await recordProgress(this.means, this.lease, releaseLease(this.means.ctx.now()));
  }

  private async step(): Promise<Step> {
    const { ctx } = this.means;
    const [endpoint, request] = await ctx.read(async (reads) => [
      await readLeased(reads, this.lease),
      await oldestPending(reads, this.lease.endpointId),
    ]);
    if (!endpoint) return "OVER";
    if (!(await this.holdsLongEnough(endpoint))) return "OVER";
    if (request) return this.sendRequested(endpoint, request);
    if (endpoint.nextAttemptAt !== null && endpoint.nextAttemptAt > ctx.now()) return "GIVE_BACK";
    const { event, passed, complete, forgotten, restored } = await this.wanted.next(endpoint);
    if (restored) return this.sendNotice(endpoint, restored);
    if (event) return this.sendNext(endpoint, event);
    if (forgotten) return this.stopAtGap();
    if (passed > endpoint.deliveredPosition) {
      const nothingWanted = { deliveredPosition: passed, attempt: 0, nextAttemptAt: null };
      const leaseUntil = leaseEnd(ctx.now());
      if (!(await recordProgress(this.means, this.lease, { ...nothingWanted, leaseUntil }))) return "OVER";
    }
    return complete ? "GIVE_BACK" : "GO_ON";
  }

  private sendNext(endpoint: WebhookEndpoint, event: RecordedEvent): Promise<Step> {
    const { id: eventId, type: eventType, position } = event;
    // What lies between is not wanted and is passed. If anything does, the failures so far were another event's.
    const attempt = position === endpoint.deliveredPosition + 1 ? endpoint.attempt : 0;
    const before = { ...endpoint, deliveredPosition: position - 1, attempt };
    return this.attempt(endpoint, payloadOf(event), {
      eventId,
      eventType,
      position,
      before,
      after: position,
    });
  }

  /** What the receiver has may be undone, and positions that it knows come again: it is told so first. */
  private async sendNotice(endpoint: WebhookEndpoint, ends: StreamEnds): Promise<Step> {
    const { ctx } = this.means;
    const { id, body, position } = await ctx.read((reads) =>
      restoredNotice(reads, endpoint, ends, ctx.now()),
    );
    const about = { eventId: id, eventType: RESTORED_EVENT_TYPE, position: 0 };
    return this.attempt(endpoint, body, {
      ...about,
      before: endpoint,
      after: position,
      timeline: ends.timeline,
    });
  }

  /** Sends once, by the schedule, and notes what came of it. */
  private async attempt(endpoint: WebhookEndpoint, body: string, scheduled: Scheduled): Promise<Step> {
    const { eventId, eventType, position, before, timeline } = scheduled;
    const result = await this.send(endpoint, eventId, body);
    if (!result) return "GIVE_BACK";
    const after = afterAttempt(before, scheduled.after, result, this.means.ctx.now(), this.means.random());
    const isTriedAgain = after.outcome === WebhookDeliveryOutcome.FAILED;
    if (timeline !== undefined && !isTriedAgain) after.progress.timeline = timeline;
    const delivery = deliveryEntry(endpoint, result, {
      id: newId(WebhookDelivery),
      eventId,
      position,
      eventType,
      attempt: before.attempt + 1,
      createdAt: result.startedAt,
      outcome: after.outcome,
      nextAttemptAt: isTriedAgain ? after.progress.nextAttemptAt : null,
      requestedBy: null,
      requestId: null,
    });
    const isOurs = await recordAttempt(this.means, this.lease, delivery, after);
    if (isOurs) this.tell(delivery, after.disable);
    if (!isOurs || after.disable) return "OVER";
    return after.progress.nextAttemptAt === null ? "GO_ON" : "GIVE_BACK";
  }

  /** To go on behind events that are gone would be a gap that the receiver cannot see: its users must decide. */
  private async stopAtGap(): Promise<Step> {
    if (await recordGap(this.means, this.lease)) this.reportDisabled(WebhookDisabledReason.EVENTS_FORGOTTEN);
    return "OVER";
  }

  private async sendRequested(endpoint: WebhookEndpoint, request: WebhookDelivery): Promise<Step> {
    const { ctx } = this.means;
    const body = await this.bodyOf(endpoint, request);
    const result = body
      ? await this.send(endpoint, request.eventId, body)
      : { error: WebhookDeliveryError.EVENT_FORGOTTEN, startedAt: ctx.now(), durationMs: 0 };
    if (!result) return "GIVE_BACK";
    const { DELIVERED, FAILED } = WebhookDeliveryOutcome;
    const outcome = result.error ? FAILED : DELIVERED;
    const delivery = deliveryEntry(endpoint, result, { ...request, outcome });
    const isGone = result.statusCode === 410;
    const disable = isGone ? disabledBy(result, result.startedAt, ctx.now()) : undefined;
    const progress = result.error ? {} : await this.progressBy(endpoint, request);
    const isOurs = await recordRequested(this.means, this.lease, delivery, { progress, disable });
    if (isOurs) this.tell(delivery, disable);
    return isOurs && !disable ? "GO_ON" : "OVER";
  }

  private tell(attempt: DeliveryAttempt, disabled: WebhookDisabledReason | undefined): void {
    this.means.onAttempt?.(attempt);
    if (disabled) this.reportDisabled(disabled);
  }

  private reportDisabled(reason: WebhookDisabledReason): void {
    this.means.onDisabled?.(this.lease, reason);
  }

  /** What the success of a repetition settles: that the receiver is well, and the event that is being tried, if that was it. */
  private async progressBy(
    endpoint: WebhookEndpoint,
    { position }: WebhookDelivery,
  ): Promise<Partial<DeliveryProgress>> {
    const next = position > endpoint.deliveredPosition ? await this.wanted.next(endpoint) : undefined;
    if (next?.event?.position !== position) return { failingSince: null };
    return { deliveredPosition: position, attempt: 0, nextAttemptAt: null, failingSince: null };
  }

  private async bodyOf(endpoint: WebhookEndpoint, request: WebhookDelivery): Promise<string | undefined> {
    if (request.eventType === TEST_EVENT_TYPE) {
      const { eventId: id, createdAt: occurredAt, requestedBy, requestId, endpointId } = request;
      const by = { actorId: requestedBy ?? "", requestId: requestId ?? "" };
      return testPayload({ id, occurredAt, ...by, endpointId });
    }
    const event = await this.means.ctx.read((reads) => findEventAt(reads, request));
    if (!event || !(await receivable(this.means.ctx, endpoint, [event]))(event)) return undefined;
    return payloadOf(event);
  }

  /** Sends once; nothing is known of what came of it when the program is stopping. */
  private async send(endpoint: WebhookEndpoint, id: string, body: string): Promise<AttemptResult | null> {
    const { ctx, sender, secretBox, onError } = this.means;
    const now = ctx.now();
    let secrets: string[];
    try {
      secrets = liveSecrets(endpoint, now).map(({ sealed }) => secretBox.open(sealed, endpoint.id));
    } catch (error) {
      onError(error);
      return { error: WebhookDeliveryError.SECRET_UNREADABLE, startedAt: now, durationMs: 0 };
    }
    return sender.send({ url: endpoint.url, id, body, secrets }, this.stop.now);
  }

  /** A worker that was held up must not send what another one is sending by now. */
  private async holdsLongEnough({ leaseUntil }: WebhookEndpoint): Promise<boolean> {
    const now = this.means.ctx.now();
    const leftMs = Date.parse(leaseUntil ?? now) - Date.parse(now);
    return leftMs >= SHORT_LEASE_MS || recordProgress(this.means, this.lease, { leaseUntil: leaseEnd(now) });
  }
}
