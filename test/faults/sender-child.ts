import { contributions } from "../../src/areas";
import "reflect-metadata";
import { defaultMatrix } from "../../src/access/permission-matrix";
import { failByDefect } from "../support/refusals";
import { loadConfig } from "../../src/config/config";
import type { UseCaseContext } from "../../src/unit-of-work/use-case-context";
import { openDatabase } from "../../src/database/open-database";
import { runUnitOfWork } from "../../src/unit-of-work/unit-of-work";
import { openWebhooks, type WebhookProcessor } from "../../src/webhooks";
import type { Served, Serve } from "./sender";

const clock = { now: "" };
const ready = open();

// Whoever started us is gone, and nobody wants to know any more.
process.once("disconnect", () => process.exit());
// A Ctrl-C is for the one who started us: it ends us when it has cleaned up.
process.on("SIGINT", () => undefined);

process.on("message", ({ now }: Serve) => {
  clock.now = now;
  ready
    .then((worker) => worker.catchUp())
    .then(
      () => process.send?.({} satisfies Served),
      (error: unknown) => process.send?.({ error: (error as Error).stack ?? String(error) } satisfies Served),
    );
});

/** What a node delivers with, of the environment that it was given; its clock is set by whoever started it. */
async function open(): Promise<WebhookProcessor> {
  const { database: address, dataDir, production, publicUrl, webhooks } = loadConfig();
  const database = await openDatabase(address, { onProgress: () => undefined });
  const caller = {
    actor: { kind: "SYSTEM" as const },
    requestId: "webhooks",
    now: () => clock.now,
    contributions,
  };
  const ctx: UseCaseContext = {
    ...caller,
    settings: { publicUrl, invitationLifetimeDays: 90 },
    matrix: defaultMatrix,
    reportDefect: failByDefect,
    read: (work) => database.read(work),
    transaction: (work) => runUnitOfWork(database, () => undefined, caller, work),
  };
  const overrides = { timeoutMs: Number(process.env.FAULT_TIMEOUT_MS) };
  const worker = openWebhooks({ ...webhooks, dataDir, production }, overrides).makeProcessor(ctx, {
    onError: (error) => {
      throw error;
    },
  });
  if (!worker) throw new Error("this node delivers nothing");
  return worker;
}
