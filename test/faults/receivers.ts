import { WebhookDeliveryError } from "../../entities/webhooks/webhook-delivery";
import { WebhookEndpointStatus } from "../../entities/webhooks/webhook-endpoint";
import { readHeads } from "../../src/events/event-log";
import { enableWebhookEndpoint } from "../../src/webhooks";
import {
  openWebhookTestContext,
  type WebhookTestContext,
  type Registered,
} from "../webhooks/webhook-test-context";
import { type Answering, drip, dripHeaders, hang, status } from "../webhooks/receiver";
import { write } from "../events/streams";
import { believes, checkReceiver, checkRecovery, type Tried, TRIES } from "./check-deliveries";
import { withFaultEnvironment } from "./fault-environment";
import { Sender } from "./sender";
import { addStoredSecrets } from "./stored-secrets";

/** How often. */
export interface HurtReceiversOptions {
  /** How often the sender is killed. */
  kills: number;
  /** The run fails when it takes longer, in seconds. */
  longest: number;
}

/** What was measured; all that must hold has held when this is given. */
export interface HurtReceiversReport {
  virtualHours: number;
  kills: number;
  /** Messages that each receiver got before it was well again. */
  tries: Record<string, number>;
  /** Of all of them, those that a killed sender could not note, and that were sent again. */
  repeats: number;
  seconds: number;
}

/** A receiver that does not do what it should, and everything that it was sent. */
export interface Ill extends Registered {
  name: string;
  error: WebhookDeliveryError;
  tried: Tried[];
}

const DAY = 86_400_000;

/** How long an attempt may take here, in ms of real time: long enough for a message to arrive on a machine that is busy. */
const TIMEOUT_MS = 1_000;

const away = { location: "/elsewhere" };

/** How each of them behaves, and what its log says of it. */
const ILLS: [name: string, Answering, error: WebhookDeliveryError][] = [
  ["fails", status(500), WebhookDeliveryError.REFUSED],
  ["hangs", hang, WebhookDeliveryError.TIMEOUT],
  ["redirects", status(302, away), WebhookDeliveryError.REDIRECTED],
  ["is gone", status(410), WebhookDeliveryError.REFUSED],
  ["drips its body", drip, WebhookDeliveryError.TIMEOUT],
  ["drips its headers", dripHeaders, WebhookDeliveryError.TIMEOUT],
];

/** The tries of a day that are noted: one of the receiver that is gone, all that the schedule has of the others. */
const NOTED = (ILLS.length - 1) * TRIES + 1;

/**
 * Plays 24 hours of virtual time with receivers that do not do what they should, and kills the sender again and again: each
 * event must be tried by the schedule, under one id, believed by `standardwebhooks`, and arrive when the receiver is well.
 */
export function hurtReceivers({ kills, longest }: HurtReceiversOptions): Promise<HurtReceiversReport> {
  return withFaultEnvironment(longest * 1_000, async ({ atTheEnd, signal, secrets, alsoSearch }) => {
    const began = performance.now();
    const webhookContext = await openWebhookTestContext();
    atTheEnd(() => webhookContext.close());
    const day = new Day(webhookContext, signal);
    atTheEnd(() => day.sender.kill());
    const secretsKey = webhookContext.secretsKey.toString("base64");
    secrets.addEnvironment({ ...webhookContext.testContext.environment, SECRETS_KEY: secretsKey });
    alsoSearch(() => [day.sender.output()]);
    const all: Ill[] = [];
    for (const [name, answering, error] of ILLS) all.push(await day.enrol(name, answering, error));
    const beganAt = Date.parse(webhookContext.testContext.clock.now);
    for (const { organizationId } of all)
      await write(webhookContext.testContext, [organizationId], ["one", "two"]);
    await day.play(all, beganAt + DAY, kills);
    webhookContext.testContext.clock.now = new Date(beganAt + DAY).toISOString();
    const repeats: number[] = [];
    for (const ill of all) repeats.push(await checkReceiver(webhookContext, ill, day.killedAt));
    const tries = Object.fromEntries(all.map(({ name, tried }) => [name, tried.length]));
    for (const ill of all) day.heal(ill);
    const gone = all.filter(({ name }) => name === "is gone");
    for (const { owner, endpoint } of gone)
      await enableWebhookEndpoint(webhookContext.testContext.as(owner.actor), { endpointId: endpoint.id });
    await day.play(all, beganAt + 3 * DAY, 0);
    for (const ill of all) await checkRecovery(webhookContext, ill);
    await addStoredSecrets(secrets, webhookContext.testContext.database, secretsKey);
    const seconds = Math.round((performance.now() - began) / 1_000);
    const virtualHours = DAY / 3_600_000;
    return {
      virtualHours,
      kills: day.killedAt.length,
      tries,
      repeats: repeats.reduce((a, b) => a + b),
      seconds,
    };
  });
}

/** Virtual time as it passes: whenever something is due the clock is set to then, and a sender serves. */
class Day {
  readonly sender: Sender;
  /** The virtual times at which the sender was killed. */
  readonly killedAt: number[] = [];
  /** What a message that comes in sets off, once, before it is answered. */
  private onMessage: (() => void) | undefined;

  constructor(
    private readonly webhookContext: WebhookTestContext,
    private readonly signal: AbortSignal,
  ) {
    this.sender = new Sender({
      ...webhookContext.testContext.environment,
      ...{ SECRETS_KEY: webhookContext.secretsKey.toString("base64"), WEBHOOKS_ALLOW_INSECURE: "on" },
      FAULT_TIMEOUT_MS: String(TIMEOUT_MS),
    });
  }

  /** Registers a receiver that behaves so, and writes down whatever it is sent. */
  async enrol(name: string, answering: Answering, error: WebhookDeliveryError): Promise<Ill> {
    const one = await this.webhookContext.endpoint();
    const ill: Ill = { ...one, name, error, tried: [] };
    this.answer(ill, answering);
    return ill;
  }

  /** Lets it answer as it should from now on. */
  heal(ill: Ill): void {
    this.answer(ill, status(204));
  }

  private answer({ receiver, secret, tried }: Ill, answering: Answering): void {
    receiver.answer((response, message, before) => {
      const { now } = this.webhookContext.testContext.clock;
      tried.push({ at: Date.parse(now), message, isBelieved: believes(secret, message, now) });
      this.onMessage?.();
      answering(response, message, before);
    });
  }

  /** Lets time pass up to an instant; the kills are spread over the tries of a day. */
  async play(all: Ill[], until: number, kills: number): Promise<void> {
    const { clock } = this.webhookContext.testContext;
    for (;;) {
      this.signal.throwIfAborted();
      const noted = await this.noted(all);
      const isKilled = this.killedAt.length < (kills * (noted + 1)) / NOTED;
      if (isKilled && this.killedAt.length < kills) await this.deliverAndKill();
      else await this.sender.deliver(clock.now);
      const due = await this.nextDue(all);
      if (due === undefined || due > until) return;
      const isLater = due > Date.parse(clock.now);
      if (!isLater && !isKilled) throw new Error(`what was due at ${clock.now} was left undone`);
      if (isLater) clock.now = new Date(due).toISOString();
    }
  }

  /** Every second time in the midst of the first message, which nobody can note then; else some time after it came. */
  private async deliverAndKill(): Promise<void> {
    const { clock } = this.webhookContext.testContext;
    const delayMs = this.killedAt.length % 2 ? Math.random() * 2 * TIMEOUT_MS : 0;
    let killing: Promise<void> | undefined;
    const kill = () => void (killing ??= this.sender.kill());
    this.onMessage = () => (delayMs > 0 ? setTimeout(kill, delayMs) : kill());
    await this.sender.deliver(clock.now);
    this.onMessage = undefined;
    kill();
    await killing;
    this.killedAt.push(Date.parse(clock.now));
  }

  private async noted(all: Ill[]): Promise<number> {
    const logs = await Promise.all(all.map(({ endpoint }) => this.webhookContext.log(endpoint.id)));
    return logs.flat().length;
  }

  /** When the next endpoint may be served: it has waited long enough, and no dead sender holds it any more. */
  private async nextDue(all: Ill[]): Promise<number | undefined> {
    const rows = await Promise.all(all.map(({ endpoint }) => this.webhookContext.row(endpoint.id)));
    const heads = await this.webhookContext.testContext.database.read((reads) =>
      readHeads(
        reads,
        all.map((one) => one.organizationId),
      ),
    );
    const dues = rows
      .filter(
        (row) =>
          row.status === WebhookEndpointStatus.ACTIVE &&
          row.deliveredPosition < (heads.get(row.organizationId) ?? 0),
      )
      .map(({ nextAttemptAt, leaseUntil }) =>
        Math.max(...[nextAttemptAt, leaseUntil].map((at) => (at === null ? 0 : Date.parse(at)))),
      );
    return dues.length > 0 ? Math.min(...dues) : undefined;
  }
}
