import cluster, { type Worker } from "node:cluster";
import type { SiblingWorkers } from "../events/change-notifier";
import type { ChargeTogether } from "../transport/limits/budget";
import type { Answer, Asked, FromPrimary, FromWorker } from "./messages";
import { LeasedQuota } from "./leased-quota";
import { NotificationChannel } from "./notification-channel";

/** A primary that takes longer to count is away: the next requests are counted here at once, for a while. */
const PATIENCE_MS = 500;
const AWAY_MS = 5_000;
/** More questions than this do not wait for the primary. */
const MAX_ASKED = 1_000;

/** A worker's line to the primary and, through it, to the other workers. It may break at any time. */
export class IpcChannel implements SiblingWorkers {
  private readonly notifications = new NotificationChannel((organizationIds, done) =>
    this.send({ kind: "ring", organizationIds }, done),
  );
  private readonly inHand = new LeasedQuota((asked, hear) => this.ask(asked, hear));
  private readonly asked = new Map<number, (answer: Answer) => void>();
  private lastAsked = 0;
  private isAwayUntil = 0;
  private hear: (organizationIds: string[]) => void = () => undefined;
  private stop: () => void = () => undefined;
  private isUp = false;
  private figures: () => Promise<object[]> = () => Promise.resolve([]);

  private constructor(private readonly worker: Worker) {
    worker.on("message", (message: FromPrimary) => this.handleMessage(message));
    worker.once("disconnect", () => {
      // It would wait for the primary's port for ever.
      if (!this.isUp) process.exit(1);
      // Node would end this process here and now; there are sockets to close and requests to answer first.
      worker.exitedAfterDisconnect = true;
      this.stop();
    });
  }

  /** The line of this process; nothing unless the process is a worker. */
  static open(): IpcChannel | undefined {
    return cluster.worker && new IpcChannel(cluster.worker);
  }

  /** What the logs call this worker. Its successor has the next number that is free. */
  get number(): number {
    return this.worker.id;
  }

  /** Tells that this worker serves. */
  up(url: string): void {
    this.isUp = true;
    this.send({ kind: "up", url });
  }

  /** Tells why this worker cannot serve, and calls back when that is said or cannot be. */
  refuse(why: string, said: () => void): void {
    this.send({ kind: "refused", why }, said);
  }

  /** Tells the other workers that these organizations have new events. */
  notify(organizationIds: string[]): void {
    this.notifications.notify(organizationIds);
  }

  /** Whom to tell when another worker notifies. */
  onRing(listener: (organizationIds: string[]) => void): void {
    this.hear = listener;
  }

  /** What to tell when the primary asks for this worker's figures. */
  onFiguresAsked(tell: () => Promise<object[]>): void {
    this.figures = tell;
  }

  /** What to do when the primary says to stop, or is gone. */
  onStop(listener: () => void): void {
    this.stop = listener;
  }

  /** Counts a charge for all workers together; undefined when the primary does not answer in time. */
  readonly charge: ChargeTogether = (...charge) => this.inHand.charge(...charge);

  private ask(asked: Asked, hear: (answer?: Answer) => void): void {
    const isAway = !this.worker.isConnected() || performance.now() < this.isAwayUntil;
    if (isAway || this.asked.size >= MAX_ASKED) return hear();
    const id = ++this.lastAsked;
    const patience = setTimeout(() => {
      this.isAwayUntil = performance.now() + AWAY_MS;
      answered();
    }, PATIENCE_MS);
    const answered = (answer?: Answer) => {
      clearTimeout(patience);
      this.asked.delete(id);
      hear(answer);
    };
    this.asked.set(id, answered);
    this.send({ kind: "charge", id, asked });
  }

  private handleMessage(message: FromPrimary): void {
    switch (message.kind) {
      case "stop":
        return this.stop();
      case "ring":
        return this.hear(message.organizationIds);
      case "charged":
        return this.asked.get(message.id)?.(message.answer);
      case "callBack":
        return this.send({ ...message, kind: "back", points: this.inHand.giveBack(message.window) });
      case "figures":
        return void this.figures().then((figures) => this.send({ kind: "figures", id: message.id, figures }));
    }
  }

  /** Always with a callback: without one, Node throws when the primary is gone. */
  private send(message: FromWorker, done: () => void = () => undefined): void {
    this.worker.send(message, done);
  }
}
