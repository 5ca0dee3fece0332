import type { Instant } from "../values/instant";
import type { ScheduledJob } from "../jobs/scheduled-job";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { saveUses } from "./api-key.repository";

const WRITE_EVERY_MS = 60_000;
const MAX_KEYS_PER_STATEMENT = 500;

/**
 * Remembers when API keys were last used, to the minute, and writes it down for many keys at once: no request waits
 * for it or costs a statement more. A crash loses a minute of it at most.
 */
export class ApiKeyUses {
  private noted = new Map<string, Instant>();

  /** A key was used. */
  note(apiKeyId: string, now: Instant): void {
    this.noted.set(apiKeyId, `${now.slice(0, 16)}:00.000Z`);
  }

  /** Writes what was noted since the last time; where that fails it stays noted. */
  async write(ctx: UseCaseContext): Promise<void> {
    // In order of ids, so that two nodes that write at once lock the rows in the same order.
    const uses = [...this.noted].sort(([a], [b]) => (a < b ? -1 : 1));
    const writing = this.noted;
    this.noted = new Map();
    try {
      for (let at = 0; at < uses.length; at += MAX_KEYS_PER_STATEMENT) {
        await ctx.transaction((tx) => saveUses(tx, uses.slice(at, at + MAX_KEYS_PER_STATEMENT)));
      }
    } catch (error) {
      this.noted = new Map([...writing, ...this.noted]);
      throw error;
    }
  }

  /** The job that writes what was noted, and once more when the server stops. */
  get job(): ScheduledJob {
    return {
      name: "saveApiKeyUses",
      does: "Stores when API keys were last used, for all that were used since the last run, and once more at a stop.",
      intervalMs: WRITE_EVERY_MS,
      runsAtStop: true,
      run: (ctx) => this.write(ctx),
    };
  }
}
