import { systemClock } from "../../src/values/instant";
import { randomBytes } from "node:crypto";
import pino from "pino";
import type { Actor } from "../../src/access/actor";
import { defaultMatrix } from "../../src/access/permission-matrix";
import type { Instant } from "../../src/values/instant";
import type { UseCaseContext } from "../../src/unit-of-work/use-case-context";
import type { Database } from "../../src/database/database";
import { openDatabase } from "../../src/database/open-database";
import type { DatabaseWaits } from "../../src/database/waits";
import { readEvents } from "../../src/events/event-log";
import type { RecordedEvent } from "../../src/events/event-map";
import { FairSemaphore } from "../../src/context/fair-semaphore";
import { FairTurns } from "../../src/context/fair-turns";
import { LiveTail } from "../../src/events/live-tail";
import { ActorDirectory, VerifiedTokenCache } from "../../src/identity";
import { makeUseCaseContext } from "../../src/transport/graphql/context";
import { noMeter } from "../../src/metrics/meter";
import type { Services } from "../../src/transport/services";
import { secretBox } from "../../src/webhooks/secret-box";
import { PATIENT_WAITS } from "./patience";
import { failByDefect } from "./refusals";
import { makeTestDatabase, type TestDatabase } from "./test-database";

/** Everything but the endpoints: a migrated database of the kind under test, and contexts to call use cases with. */
export interface TestContext {
  database: Database;
  services: Services;
  /** The clock of every use case; set it to travel. */
  clock: { now: Instant };
  /** The text of every statement so far. */
  statements: string[];
  /** The database as an operator says it, for a server in its own process. */
  environment: TestDatabase["environment"];
  /** A context in which an actor calls. */
  as(actor: Actor): UseCaseContext;
  /** A context in which the program itself calls. */
  system: UseCaseContext;
  /** Everything in an organization's stream. */
  eventsOf(organizationId: string): Promise<RecordedEvent[]>;
  /** How many rows a table has, with a condition if one is given. */
  count(table: string, where?: string): Promise<number>;
  close(): Promise<void>;
}

/** How to open a test context. */
export interface TestContextOptions {
  poolSize?: number;
  migrated?: boolean;
  /** A database that is there already; without it the test context has one of its own. */
  storage?: TestDatabase;
  /** How long work waits for the database; patiently when absent. */
  waits?: DatabaseWaits;
}

/** Opens a test context for one test file: `beforeAll(async () => { house = await openTestContext() })`, `afterAll(() => house.close())`. */
export async function openTestContext({
  poolSize = 10,
  migrated = true,
  storage,
  waits = PATIENT_WAITS,
}: TestContextOptions = {}): Promise<TestContext> {
  const testDb = storage ?? (await makeTestDatabase({ poolSize, migrated }));
  const statements: string[] = [];
  const onStatement = (sql: string) => void statements.push(sql);
  const database = await openDatabase(testDb.address, { onStatement, onProgress: () => undefined, waits });
  const clock = { now: "2026-03-01T12:00:00.000Z" };
  const tail = new LiveTail((work) => database.read(work), { pollMs: 200 });
  const services: Services = {
    database,
    tail,
    notify: (organizationIds) => tail.notify(organizationIds),
    directory: new ActorDirectory({
      read: (work) => database.read(work),
      matrix: defaultMatrix,
      now: () => clock.now,
    }),
    tokens: new VerifiedTokenCache([]),
    matrix: defaultMatrix,
    webhooks: { checkUrl: (url) => Promise.resolve({ url }), secretBox: secretBox(randomBytes(32)) },
    refusalTurns: new FairSemaphore(4),
    turns: new FairTurns(20, 25),
    maxAnswerBytes: Infinity,
    settings: { publicUrl: "https://partners.example", invitationLifetimeDays: 90 },
    now: () => clock.now,
    tokenClock: systemClock,
    log: pino({ level: "silent" }),
    reportDefect: failByDefect,
    meter: noMeter,
  };
  const as = (actor: Actor) => makeUseCaseContext(services, actor, "test-request");
  return {
    database,
    services,
    clock,
    statements,
    environment: testDb.environment,
    as,
    system: as({ kind: "SYSTEM" }),
    eventsOf: (organizationId) => database.read((reads) => readEvents(reads, organizationId, 0, 10_000)),
    count: async (table, where = "1 = 1") => {
      const [row] = await database.read((reads) =>
        reads.rows<{ n: number | string }>(`SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`),
      );
      return Number(row?.n);
    },
    close: async () => {
      tail.close();
      await database.close();
      await testDb.drop();
    },
  };
}
