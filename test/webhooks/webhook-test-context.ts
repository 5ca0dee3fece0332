import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { WebhookDelivery } from "../../entities/webhooks/webhook-delivery";
import { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import { AgentRole } from "../../entities/identity/user";
import {
  createWebhookEndpoint,
  type CreateWebhookEndpoint,
  openWebhooks,
  type WebhookProcessor,
  type WebhookTestOverrides,
} from "../../src/webhooks";
import { sql } from "../../src/database/sql";
import { makeUseCaseContext } from "../../src/transport/graphql/context";
import type { JobScheduler } from "../../src/jobs/job-scheduler";
import { openScheduler } from "../jobs/open-scheduler";
import { aPartner, type PartnerWithUser } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { aReceiver, type Receiver } from "./receiver";
import { PATIENCE_MS } from "../support/patience";

/** A test context with webhooks in it: receivers on loopback are allowed, and time passes only when it is set. */
export interface WebhookTestContext {
  testContext: TestContext;
  /** A worker as one node has it; none delivers by itself unless it is started. */
  worker(overrides?: WebhookTestOverrides, atOnce?: number): WebhookProcessor;
  /** Has a worker deliver by itself, as a server does. */
  start(worker: WebhookProcessor): JobScheduler;
  /** The operator's key, for a server in its own process. */
  secretsKey: Buffer;
  /** What workers could not do. */
  errors: unknown[];
  /** An endpoint of a partner of its own, with a receiver behind it. */
  endpoint(input?: Partial<CreateWebhookEndpoint>): Promise<Registered>;
  row(id: string): Promise<WebhookEndpoint>;
  /** The delivery log, oldest first. */
  log(endpointId: string): Promise<WebhookDelivery[]>;
  /** Lets time pass. */
  wait(ms: number): void;
  close(): Promise<void>;
}

/** A registered receiver and whose it is. */
export interface Registered {
  owner: PartnerWithUser;
  organizationId: string;
  endpoint: WebhookEndpoint;
  secret: string;
  receiver: Receiver;
}

/** So many words for `write`. */
export const names = (count: number) => Array.from({ length: count }, (_, at) => `event ${at + 1}`);

/** Waits until something is so, for some seconds of real time. */
export async function until(isSo: () => boolean | Promise<boolean>, withinMs = PATIENCE_MS): Promise<void> {
  for (const giveUpAt = performance.now() + withinMs; !(await isSo());) {
    if (performance.now() > giveUpAt) throw new Error(`It was not so within ${withinMs} ms.`);
    await pause(10);
  }
}

/** Opens one for a test file. */
export async function openWebhookTestContext(): Promise<WebhookTestContext> {
  const testContext = await openTestContext();
  const secretsKey = randomBytes(32);
  const settings = { production: false, dataDir: "", secretsKey, allowInsecure: true };
  testContext.services.webhooks = openWebhooks({ ...settings, deliveriesAtOnce: 1 }).means;
  const workers: WebhookProcessor[] = [];
  const schedulers: JobScheduler[] = [];
  const receivers: Receiver[] = [];
  const errors: unknown[] = [];
  return {
    testContext,
    secretsKey,
    errors,
    worker: (overrides = {}, atOnce = 8) => {
      const webhooks = openWebhooks(
        { ...settings, deliveriesAtOnce: atOnce },
        { random: () => 0.5, ...overrides },
      );
      const ctx = makeUseCaseContext(testContext.services, { kind: "SYSTEM" }, "webhooks");
      const worker = webhooks.makeProcessor(ctx, { onError: (error) => errors.push(error) });
      if (!worker) throw new Error("There is no worker.");
      workers.push(worker);
      return worker;
    },
    start: (worker) => {
      const scheduler = openScheduler(testContext, [worker.job], {
        log: { error: (line: object) => void errors.push(line) },
      });
      scheduler.start();
      schedulers.push(scheduler);
      return scheduler;
    },
    endpoint: async (input = {}) => {
      const owner = await aPartner(testContext, {}, { agent: [AgentRole.ADMIN_AGENT] });
      const receiver = await aReceiver();
      receivers.push(receiver);
      const { endpoint, secret } = await createWebhookEndpoint(testContext.as(owner.actor), {
        url: receiver.url,
        ...input,
      });
      return { owner, organizationId: owner.partner.id, endpoint, secret, receiver };
    },
    row: async (id) => {
      const row = await testContext.database.read((reads) =>
        reads.get(WebhookEndpoint, sql`FROM webhook_endpoint WHERE id = ${id}`),
      );
      return row;
    },
    log: async (endpointId) => {
      const rows = await testContext.database.read((reads) =>
        reads.all(WebhookDelivery, sql`FROM webhook_delivery WHERE endpointId = ${endpointId} ORDER BY id`),
      );
      return rows;
    },
    wait: (ms) => (testContext.clock.now = new Date(Date.parse(testContext.clock.now) + ms).toISOString()),
    close: async () => {
      await Promise.all(schedulers.map((scheduler) => scheduler.close()));
      await Promise.all(workers.map((worker) => worker.close()));
      await Promise.all(receivers.map((receiver) => receiver.close()));
      await testContext.close();
    },
  };
}
