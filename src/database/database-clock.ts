import { type Clock, type Instant, instantWriter, systemClock } from "../values/instant";
import type { Database } from "./database";

/** How often the database is asked for its time, in milliseconds. */
const MEASURE_MS = 30_000;

/** An answer that took longer says too little about when it was made, in milliseconds. */
const MAX_ROUND_TRIP_MS = 500;

/** Milliseconds since 1970 by the database server's clock, whatever its time zone. */
export const SERVER_TIME = "SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS UNSIGNED) AS at";

/** How a clock is opened; the defaults are for production. */
export interface DatabaseClockOptions {
  measureMs?: number;
  /** Told when the database could not be asked. The time goes on meanwhile. */
  onTrouble?: (error: unknown) => void;
}

/**
 * The one clock of all nodes of a database: the database server's. Between two questions time goes on by the monotonic clock of
 * this machine, so that neither a wrong time of a node nor a jump of it moves deadlines, leases or terms. SQLite has no other
 * clock than the machine's, which is taken as it is.
 */
export class DatabaseClock {
  private base = Date.parse(systemClock());
  private measuredAt = performance.now();
  private timer: NodeJS.Timeout | undefined;
  private readonly write = instantWriter();

  private constructor(private readonly database: Pick<Database, "family" | "read">) {}

  /**
   * Asks the database for its time, and goes on asking until it is closed.
   * @throws what the driver throws when the database cannot be asked the first time
   */
  static async open(
    database: Pick<Database, "family" | "read">,
    { measureMs = MEASURE_MS, onTrouble }: DatabaseClockOptions = {},
  ): Promise<DatabaseClock> {
    const clock = new DatabaseClock(database);
    if (clock.isMachines) return clock;
    await clock.measure(Infinity);
    clock.timer = setInterval(() => void clock.measure().catch(onTrouble), measureMs).unref();
    return clock;
  }

  /** The time now. */
  readonly now: Clock = (): Instant => {
    if (this.isMachines) return systemClock();
    return this.write(Math.floor(this.base + performance.now() - this.measuredAt));
  };

  /** Milliseconds by which the machine's clock is ahead of the one that is used; negative where it is behind. */
  get machineAheadMs(): number {
    return Date.parse(systemClock()) - Date.parse(this.now());
  }

  /** Asks the database for nothing more. */
  close(): void {
    clearInterval(this.timer);
  }

  private get isMachines(): boolean {
    return this.database.family === "sqlite";
  }

  private async measure(maxRoundTripMs = MAX_ROUND_TRIP_MS): Promise<void> {
    const [begun, row, ended] = await this.database.read(async (reads) => {
      const before = performance.now();
      const [first] = await reads.rows<{ at: number | string }>(SERVER_TIME);
      return [before, first, performance.now()] as const;
    });
    if (!row || ended - begun > maxRoundTripMs) return;
    this.base = Number(row.at);
    this.measuredAt = (begun + ended) / 2;
  }
}
