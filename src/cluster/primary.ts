import cluster, { type Worker } from "node:cluster";
import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import type { Config } from "../config/config";
import { longestStopMs } from "../config/shutdown";
import { openDevelopmentIssuer } from "../identity";
import { ensureAddressesFree } from "../transport/connections/free-addresses";
import { serveMetricsOfWorkers } from "../metrics/open-metrics";
import type { RunningServer } from "../start/start-server";
import { type FromWorker, tell } from "./messages";
import { QuotaLeaseManager } from "./quota-lease-manager";
import { restartDelay, shortLivesAfter } from "./restart-delay";
import { NotificationChannel } from "./notification-channel";
import { WorkersFigures } from "./workers-figures";

/** The workers could not start; the message is what the first of them to fail said. */
export class WorkerRefused extends Error {
  override readonly name = "WorkerRefused";
}

/** Workers stop in order; what is still there so long before the primary itself is ended by force is killed. */
const KILL_BEFORE_MS = 1_000;

/** One worker, from its start to its end. */
interface Life {
  worker: Worker;
  startedAt: number;
  /** Its address, when it serves; fails with WorkerRefused when it ends before that. */
  up: Promise<string>;
  /** Says why it ended. */
  ended: Promise<string>;
}

/**
 * Runs as many workers as are configured, each a whole server on the shared port, and serves nothing itself. Starts
 * the first one alone: it migrates, fills in the demo and makes the keys, and the others find that done.
 * @throws WorkerRefused one of them cannot start; none is left running
 */
export async function startWorkers(
  config: Config,
  log: Logger,
): Promise<Pick<RunningServer, "url" | "developmentIssuer" | "stop">> {
  const primary = new Primary(config, log);
  try {
    const url = await primary.start();
    const developmentIssuer = config.developmentIssuer
      ? await openDevelopmentIssuer(config.dataDir)
      : undefined;
    return { url, developmentIssuer, stop: () => primary.stop() };
  } catch (error) {
    await primary.stop();
    throw error;
  }
}

class Primary {
  private readonly lives = new Map<Life, NotificationChannel>();
  private readonly stopping = new AbortController();
  private readonly points: QuotaLeaseManager<Worker>;
  private readonly figures = new WorkersFigures();
  private closeMetrics: () => Promise<void> = () => Promise.resolve();

  constructor(
    private readonly config: Config,
    private readonly log: Logger,
  ) {
    this.points = new QuotaLeaseManager(config.limits, config.workers, (worker, window) =>
      tell(worker, { kind: "callBack", window }),
    );
  }

  async start(): Promise<string> {
    await ensureAddressesFree(this.config);
    const workers = () => [...this.lives.keys()].map(({ worker }) => worker);
    this.closeMetrics = await serveMetricsOfWorkers(this.config, this.log, () => this.figures.ask(workers()));
    const first = this.begin();
    const url = await first.up;
    const others = Array.from({ length: this.config.workers - 1 }, () => this.begin());
    await Promise.all(others.map(({ up }) => up));
    for (const life of [first, ...others]) void this.keepFilled(life);
    return url;
  }

  /** Ends all workers in order, and by force those that do not come to an end. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const stubborn: number[] = [];
    const force = setTimeout(
      () => {
        for (const { worker } of this.lives.keys()) {
          stubborn.push(worker.id);
          worker.process.kill("SIGKILL");
        }
      },
      longestStopMs(this.config.shutdown) - KILL_BEFORE_MS,
    );
    for (const { worker } of this.lives.keys()) tell(worker, { kind: "stop" });
    await Promise.all([...this.lives.keys()].map(({ ended }) => ended));
    clearTimeout(force);
    await this.closeMetrics();
    if (stubborn.length > 0) throw new Error(`workers ${stubborn.join(", ")} did not stop and were killed`);
  }

  /** Fills a worker's place again whenever it becomes empty, more slowly when its workers do not live long. */
  private async keepFilled(first: Life): Promise<void> {
    const { signal } = this.stopping;
    for (let life = first, shortLives = 0; ;) {
      const reason = await life.ended;
      if (signal.aborted) return;
      shortLives = shortLivesAfter(shortLives, performance.now() - life.startedAt);
      const nextInMs = restartDelay(shortLives);
      this.log.error(
        { worker: life.worker.id, reason, shortLives, nextInMs },
        "a worker ended; starting another one",
      );
      await pause(nextInMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      life = this.begin();
    }
  }

  private begin(): Life {
    const worker = cluster.fork();
    worker.on("error", () => undefined); // A line that breaks; that the worker ended is heard as well.
    let refusal: string | undefined;
    const ended = new Promise<string>((resolve) => {
      worker.once("exit", (code, signal) => {
        this.lives.delete(life);
        this.points.forget(worker);
        resolve(refusal ?? `worker ${worker.id} ended with ${signal || `code ${code}`}`);
      });
    });
    const up = new Promise<string>((resolve, reject) => {
      worker.on("message", (message: FromWorker) => {
        if (message.kind === "up") resolve(message.url);
        else if (message.kind === "refused") refusal = message.why;
        else this.serve(life, message);
      });
      void ended.then((reason) => reject(new WorkerRefused(reason)));
    });
    up.then(
      () => this.log.info({ worker: worker.id, pid: worker.process.pid }, "a worker is up"),
      () => undefined, // Why not is said when it has ended.
    );
    const life: Life = { worker, startedAt: performance.now(), up, ended };
    this.lives.set(
      life,
      new NotificationChannel((organizationIds, done) =>
        tell(worker, { kind: "ring", organizationIds }, done),
      ),
    );
    return life;
  }

  private serve(asker: Life, message: FromWorker): void {
    const { worker } = asker;
    if (message.kind === "ring") {
      for (const [life, line] of this.lives) if (life !== asker) line.notify(message.organizationIds);
    } else if (message.kind === "charge") {
      const { id, asked } = message;
      this.points.charge(worker, asked, (answer) => tell(worker, { kind: "charged", id, answer }));
    } else if (message.kind === "back") this.points.back(worker, message.window, message.points);
    else if (message.kind === "figures") this.figures.heard(message.id, message.figures);
  }
}
