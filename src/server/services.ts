import type { Logger } from "pino";
import type { PermissionMatrix } from "../access/permission-matrix";
import type { BusinessSettings } from "../context/use-case-context";
import type { Clock } from "../context/instant";
import type { WebhookMeans } from "../context/webhook-means";
import type { Database } from "../database/database";
import type { RingDoorbell } from "../database/unit-of-work";
import type { LiveTail } from "../events/live-tail";
import type { ActorDirectory, TrustedIssuer } from "../identity";

/** What lives as long as the server does and every request uses. */
export interface Services {
  database: Database;
  ring: RingDoorbell;
  tail: LiveTail;
  directory: ActorDirectory;
  issuers: TrustedIssuer[];
  matrix: PermissionMatrix;
  settings: BusinessSettings;
  webhooks: WebhookMeans;
  now: Clock;
  log: Logger;
}
