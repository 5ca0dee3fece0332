import { OperationTypeNode } from "graphql";
import type { Counter, Gauge, Registry } from "prom-client";
import type { WebhookDeliveryOutcome } from "../../entities/webhooks/webhook-delivery";
import type { EventType } from "../events/event-map";
import { ErrorKind } from "../errors/domain-error";
import { codeOf } from "../transport/graphql/error-format";
import type { LedgerName } from "../transport/limits/budget";
import type { Gauged, Meter, MeteredOperation } from "./meter";
import { rootFieldOf } from "../transport/graphql/root-field";
import { TalliedHistogram } from "./tallied-histogram";

/** The library, loaded. */
export type Prometheus = typeof import("prom-client");

const PREFIX = "partnergraph_";
const OPERATION_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const WAIT_SECONDS = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 2];

/** Kinds of errors that are the server's own; the others are the caller's to mend. */
const FAILURES: unknown[] = [ErrorKind.INTERNAL, ErrorKind.UNAVAILABLE];

/** Counts for Prometheus, with the figures of the process itself. docs/operating.md says what each figure means. */
export class PrometheusMeter implements Meter {
  readonly database: Meter["database"];
  private statements = 0;
  private readonly operations = this.counter("operations_total", "Operations that were answered or begun.", [
    "kind",
    "operation",
    "outcome",
    "code",
  ]);
  private readonly seconds = new TalliedHistogram(
    {
      name: `${PREFIX}operation_seconds`,
      help: "How long queries and mutations took.",
      buckets: OPERATION_SECONDS,
    },
    this.registry,
  );
  private readonly signIns = this.counter(
    "sign_ins_refused_total",
    "Tokens and API keys that were refused.",
    ["code", "reason"],
  );
  private readonly budgets = this.counter(
    "budgets_refused_total",
    "Charges that a budget did not suffice for.",
    ["budget"],
  );
  private readonly events = this.counter("events_recorded_total", "Events that were committed.", ["type"]);
  private readonly attempts = this.counter("webhook_attempts_total", "Attempts to deliver a webhook.", [
    "outcome",
  ]);
  private readonly jobs = this.counter("jobs_total", "Runs of scheduled jobs.", ["job", "outcome"]);

  /** `registry` is where the figures can be read. */
  constructor(
    private readonly prometheus: Prometheus,
    private readonly registry: Registry,
  ) {
    this.database = this.countDatabase();
  }

  /** See Meter. */
  operation({ document, operation, errors, refusedWith, startedAt }: MeteredOperation): void {
    const kind = operation?.operation ?? "unknown";
    const name = document && operation ? rootFieldOf(document, operation) : "unknown";
    if (kind !== OperationTypeNode.SUBSCRIPTION)
      this.seconds.observe(
        `${kind} ${name}`,
        () => ({ kind, operation: name }),
        (performance.now() - startedAt) / 1_000,
      );
    this.operations.inc({ kind, operation: name, ...outcomeOf(errors, refusedWith) });
  }

  /** See Meter. */
  signInRefused(code: string, reason = ""): void {
    this.signIns.inc({ code, reason });
  }

  /** See Meter. */
  budgetRefused(budget: LedgerName): void {
    this.budgets.inc({ budget });
  }

  /** See Meter. */
  eventsRecorded(types: readonly EventType[]): void {
    for (const type of types) this.events.inc({ type });
  }

  /** See Meter. */
  webhookAttempt(outcome: WebhookDeliveryOutcome): void {
    this.attempts.inc({ outcome: outcome.toLowerCase() });
  }

  /** See Meter. */
  job(job: string, isDone: boolean): void {
    this.jobs.inc({ job, outcome: isDone ? "done" : "failed" });
  }

  /** See Meter. */
  gauge({ live, connections, webhookLag }: Gauged): void {
    const now = (name: string, help: string, look: () => number) =>
      this.looked(this.prometheus.Gauge, name, help, look);
    const since = (name: string, help: string, look: () => number) =>
      this.looked(this.prometheus.Counter, name, help, look);
    now("live_sessions", "Signed-in sockets and streams.", () => live.sessionCount);
    now("live_listeners", "Live operations.", () => live.listenerCount);
    now("live_executions", "Executions that serve the listeners.", () => live.executionCount);
    now("live_catching_up", "Listeners that are not up to date.", () => live.behind.size);
    this.lookAtBehind(live);
    since("live_deliveries_total", "Results sent to listeners.", () => live.tally.delivered);
    since("live_slow_consumers_total", "Listeners let go for reading too slowly.", () => live.tally.tooSlow);
    now("unread_bytes", "Bytes that wait for peers to read them.", () => connections.unread);
    since(
      "connections_cut_off_total",
      "Connections cut off for what they left unread.",
      () => connections.cutOff,
    );
    this.lookAtWebhooks(webhookLag);
  }

  private lookAtBehind({ behind }: Gauged["live"]): void {
    const gauge = new this.prometheus.Gauge({
      name: `${PREFIX}live_behind_events`,
      help: "Events that listeners which are not up to date have not been sent yet.",
      labelNames: ["of"],
      registers: [this.registry],
      collect: () => {
        let [all, furthest] = [0, 0];
        for (const { eventsBehind } of behind) {
          all += eventsBehind;
          furthest = Math.max(furthest, eventsBehind);
        }
        gauge.set({ of: "all" }, all);
        gauge.set({ of: "furthest" }, furthest);
      },
    });
  }

  /** Where the database does not answer the figures are absent, and the others are there all the same. */
  private lookAtWebhooks(webhookLag: Gauged["webhookLag"]): void {
    const gauge = new this.prometheus.Gauge({
      name: `${PREFIX}webhook_lag_events`,
      help: "Events that active webhook endpoints have not got yet.",
      labelNames: ["of"],
      registers: [this.registry],
      collect: async () => {
        const lag = await webhookLag().catch(() => undefined);
        gauge.reset();
        if (!lag) return;
        gauge.set({ of: "all" }, lag.all);
        gauge.set({ of: "furthest" }, lag.furthest);
      },
    });
  }

  private countDatabase(): Meter["database"] {
    this.looked(
      this.prometheus.Counter,
      "database_statements_total",
      "SQL statements.",
      () => this.statements,
    );
    const busy = this.counter("database_busy_total", "Work refused with SERVICE_BUSY.");
    const retries = this.counter("transaction_retries_total", "Transactions that the database undid.");
    const waits = new TalliedHistogram(
      {
        name: `${PREFIX}database_wait_seconds`,
        help: "How long work waited for a connection.",
        buckets: WAIT_SECONDS,
      },
      this.registry,
    );
    const noLabels = () => ({});
    return {
      onStatement: () => this.statements++,
      onAdmitted: (waitedMs) => waits.observe("", noLabels, waitedMs / 1_000),
      onRefused: () => busy.inc(),
      onRetry: () => retries.inc(),
    };
  }

  private counter<Label extends string>(
    name: string,
    help: string,
    labelNames: Label[] = [],
  ): Counter<Label> {
    return new this.prometheus.Counter({
      name: `${PREFIX}${name}`,
      help,
      labelNames,
      registers: [this.registry],
    });
  }

  /** A figure that somebody else keeps, and that is looked at when it is asked for. */
  private looked(
    Kind: Prometheus["Counter" | "Gauge"],
    name: string,
    help: string,
    look: () => number,
  ): void {
    const metric: Counter | Gauge = new Kind({
      name: `${PREFIX}${name}`,
      help,
      registers: [this.registry],
      collect: () => {
        metric.reset();
        metric.inc(look());
      },
    });
  }
}

function outcomeOf(errors: MeteredOperation["errors"], refusedWith = ""): { outcome: string; code: string } {
  if (!errors?.length) return { outcome: refusedWith ? "refused" : "ok", code: refusedWith };
  const { code, kind } = codeOf(errors[0]);
  return { outcome: FAILURES.includes(kind) ? "failed" : "refused", code };
}
