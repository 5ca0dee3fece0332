import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ApiKeyUses } from "../../src/identity";
import type { ScheduledJob } from "../../src/jobs/scheduled-job";
import { LiveSessions, type SessionServices } from "../../src/live/live-sessions";
import { scheduledJobs } from "../../src/start/scheduled-jobs";
import type { UseCaseContext } from "../../src/unit-of-work/use-case-context";
import { openWebhooks } from "../../src/webhooks";

const ROOT = join(__dirname, "../..");

/** All jobs that a node can have. */
function allJobs(): ScheduledJob[] {
  const settings = { production: true, dataDir: "", allowInsecure: false, deliveriesAtOnce: 1 };
  const webhooks = openWebhooks({ ...settings, secretsKey: Buffer.alloc(32) });
  const processor = webhooks.makeProcessor({} as UseCaseContext, { onError: () => undefined });
  const live = new LiveSessions({} as SessionServices);
  return scheduledJobs({ eventRetentionDays: 30, keyUses: new ApiKeyUses(), processor, live });
}

function inWords(ms: number): string {
  const [amount, unit] =
    ms >= 3_600_000 ? [ms / 3_600_000, "h"] : ms >= 60_000 ? [ms / 60_000, "min"] : [ms / 1_000, "s"];
  return `${amount} ${unit}`;
}

it("the table of jobs in the operator's guide says what they are called, how often they run, and what they do", () => {
  const guide = readFileSync(join(ROOT, "docs/operating.md"), "utf8");
  const [, section = ""] = guide.split("\n## Scheduled jobs\n");
  const [table = ""] = section.split("\n## ");
  const rows = [...table.matchAll(/^\| `(\w+)` +\| (.+?) +\| (.+?) +\|$/gm)].map(([, ...cells]) => cells);
  expect(rows).toEqual(allJobs().map(({ name, intervalMs, does }) => [name, inWords(intervalMs), does]));
});

/** Whoever keeps time besides the scheduler, and why that is no job. */
const TIMERS: Record<string, string> = {
  "src/database/database-clock.ts": "the clock of an open database",
  "src/database/migration-lease.ts": "a lease, while a migration lasts",
  "src/database/sqlite-file-guard.ts": "watches the file of an open database",
  "src/events/change-notifier.ts": "tries a lost connection again",
  "src/metrics/loop-lag.ts": "measures the event loop",
  "src/transport/connections/connections.ts": "watches open connections",
  "src/transport/sse/event-stream.ts": "the heartbeat of one stream",
  "src/transport/websocket/socket-protocol.ts": "the pings of one socket",
  "src/transport/websocket/socket-sink.ts": "the heartbeat of one socket",
};

it("nothing but the scheduler and what belongs to one connection does something again and again", () => {
  const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }).map(
    (file) => `src/${file}`,
  );
  const repeating = files
    .filter((file) => file.endsWith(".ts"))
    .filter((file) => /\bsetInterval\(/.test(readFileSync(join(ROOT, file), "utf8")));
  expect(repeating.sort()).toEqual(Object.keys(TIMERS));
});
