import type { Logger } from "pino";
import type { PermissionMatrix } from "../access/permission-matrix";
import type { BusinessSettings } from "../unit-of-work/use-case-context";
import type { Clock } from "../values/instant";
import type { WebhookDependencies } from "../context/webhook-dependencies";
import type { Database } from "../database/database";
import type { NotifyOrganizations } from "../unit-of-work/unit-of-work";
import type { LiveTail } from "../events/live-tail";
import type { ActorDirectory, VerifiedTokenCache } from "../identity";
import type { Meter } from "../metrics/meter";
import type { FairSemaphore } from "../context/fair-semaphore";
import type { FairTurns } from "../context/fair-turns";

/** What lives as long as the server does and every request uses. */
export interface Services {
  database: Database;
  notify: NotifyOrganizations;
  tail: LiveTail;
  directory: ActorDirectory;
  tokens: VerifiedTokenCache;
  matrix: PermissionMatrix;
  settings: BusinessSettings;
  webhooks: WebhookDependencies;
  /** In which refused attempts are written down: a flood of them shall not take the connections that others need. */
  refusalTurns: FairSemaphore;
  /** In which operations and pages of files begin: many at once shall not stop everything else. */
  turns: FairTurns;
  /** Bytes of the longest answer to one operation. */
  maxAnswerBytes: number;
  /** The time of everything that is done and stored. */
  now: Clock;
  /** The time by which tokens begin and end; another one than `now` only where a test sets that. */
  tokenClock: Clock;
  log: Logger;
  /** Told of a mistake in the program that the caller need not suffer from. */
  reportDefect: (message: string) => void;
  /** Counts what is done, for whoever operates the server. */
  meter: Meter;
}
