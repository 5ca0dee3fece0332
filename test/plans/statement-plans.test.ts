import { readFileSync } from "node:fs";
import { join } from "node:path";
import { verifyActivityLog } from "../../src/activity/verify-activity-log";
import { processDueRows } from "../../src/jobs/due-rows";
import { forgetOldResults } from "../../src/unit-of-work/idempotency";
import { recountRows } from "../../src/unit-of-work/recount-rows";
import { forgetOldEvents } from "../../src/events/forget-old-events";
import { expiredInvitations } from "../../src/invitations/expire-invitations.processor";
import { endedTerms } from "../../src/subscriptions/end-terms.processor";
import { forgetOldDeliveries } from "../../src/webhooks/forget-old-deliveries";
import { type IsolationHarness, chiefOf, openIsolationHarness, type Caller } from "../isolation/harness";
import { eachOf } from "../isolation/api-client";
import { fieldsOf, mayBegin, ownFiller } from "../isolation/probing";
import { type ValueKind, variablesFor } from "../isolation/id-parameters";
import { idOf } from "../isolation/fixture-world";
import { multiply } from "./multiply";
import { crossing } from "./organization-statements";
import { costlySteps, type Statement } from "./plans";
import { variantsOf } from "./variants";

// A file of its own: an EXPLAIN leaves libsql's reading connection where it was, blind to later commits.

type Exception = [step: RegExp, why: string];

/** What is bounded by what it is for. */
const BOUNDED: Exception[] = [
  [
    / FROM webhook_endpoint webhook_endpoint ORDER BY webhook_endpoint\.id DESC LIMIT 20$/,
    "twenty rows, by the primary key, once at a start",
  ],
  [/ FROM offer /, "the catalogue is a file of the operator's, some thousand offers"],
  [/ FROM user_account .*email >= \?/, "the users of one organization"],
  [
    / FROM reseller_relationship WHERE reseller_relationship\.customerId = \?/,
    "a customer has a handful of partners",
  ],
  [
    / FROM reseller_relationship relationship .*\(relationship\.customerId = \?\)/,
    "one partner and one customer: one row",
  ],
  [/ FROM invitation WHERE invitation\.customerId = \?/, "a customer gets a handful of invitations"],
  [/ FROM subscription .*subscription\.customerId = \?/, "a customer has some dozen subscriptions"],
  [
    / FROM reseller_relationship .*customerId IN .* ORDER BY reseller_relationship\.customerId, reseller_relationship\.id LIMIT 5000$/,
    "the customers of one page have a handful of partners each",
  ],
  [/ FROM api_key_secret WHERE apiKeyId IN .* LIMIT 5000$/, "an API key has two secrets that work"],
  [
    / FROM \(SELECT providerId FROM partnership WHERE .* LIMIT 5000\) listed /,
    "a reseller's providers, cut before they are sorted by name",
  ],
  [
    / FROM invitation .*invitation_by_status_expires_at_id.* WHERE status = \? AND expiresAt <= \? /,
    "what is overdue for half a minute",
  ],
  [
    / LEFT JOIN \(SELECT position FROM \(SELECT position FROM event /,
    "a page of each type, cut before it is sorted",
  ],
  [
    / FROM \(SELECT organizationId, forgottenPosition FROM organization_head .* LIMIT 1000\)/,
    "a batch of 1,000 heads",
  ],
];

/** How often the fixture world is built over again beside itself, and how much larger one organization is than the others. */
const COPIES = 120;
/** Of statements that differ in nothing but their parameters so many are explained. */
const OF_EACH = 4;

const heard = new Map<string, Statement[]>();
/** What each statement says that names rows of more than one organization, with one such statement. */
const crossings = new Map<string, string>();
/** What they were when the program had done everything, and the tables had not been filled yet. */
let crossingOfProgram: string[] = [];
let harness: IsolationHarness;

/** Not a schema's own tables, and not the fixture world's whole tables, which only its judge reads. */
const NOT_OURS = /information_schema|sqlite_master|schema_migration|migration_lease|^SELECT \* FROM \w+$/i;

/** The same text is looked at so often: with other values it may name fewer or more organizations. */
const LOOKS_AT_EACH = 20;
const looks = new Map<string, number>();

/** Statements of every kind: an insert may write rows of several organizations. */
function hearCrossing(sql: string, parameters: readonly unknown[]): void {
  const times = looks.get(sql) ?? 0;
  if (times === LOOKS_AT_EACH || NOT_OURS.test(sql)) return;
  looks.set(sql, times + 1);
  const told = crossing({ sql, parameters: [...parameters] });
  if (told !== undefined) crossings.set(told, sql);
}

/** Statements that find or lock rows: an insert finds none. */
function hear(sql: string, parameters: readonly unknown[]): void {
  hearCrossing(sql, parameters);
  if (!/^\s*(SELECT|UPDATE|DELETE|WITH|\()/i.test(sql) || NOT_OURS.test(sql)) return;
  const form = sql
    .replace(/["`]/g, "")
    .replace(/\s+/g, " ")
    .replace(/\(\?(, ?\?)+\)/g, "(?, …)");
  const same = heard.get(form) ?? [];
  if (same.length === 0) heard.set(form, same);
  same.push({ sql, parameters: [...parameters] });
}

beforeAll(async () => {
  harness = await openIsolationHarness(hear);
  await askEverything();
  await workAlone();
  crossingOfProgram = [...crossings.keys()].sort();
  const { database } = harness.server.running.services;
  await multiply(database, idOf(harness.world, "directA"), COPIES);
}, 600_000);
afterAll(() => harness.close());

/** One organization of each kind: statements of two of a kind differ in their parameters only. */
const CALLERS = ["directA", "providerA", "resellerA", "customerX"] as const;

/** As the global admin of each kind of organization: every query in every way, and every mutation. */
async function askEverything(): Promise<void> {
  const admins = CALLERS.map((key) => chiefOf(harness, key));
  for (const chief of admins) {
    await eachOf(
      fieldsOf("query").filter((field) => mayBegin(chief, field)),
      async (field) => {
        const filler = ownFiller(harness, chief, field);
        for (const variables of variantsOf(field, (name, type) => valueFor(chief, field.name, name, type))) {
          const lean = variablesFor(field, "lean", filler);
          const reply = await harness.apiClient.ask(chief.bearer, field, { ...lean, ...variables });
          if (reply.body.errors?.some(({ message }) => /INTERNAL/.test(message))) throw new Error(reply.text);
        }
      },
    );
  }
  for (const chief of admins) {
    for (const field of fieldsOf("mutation").filter((one) => mayBegin(chief, one)))
      for (const nth of [0, 1])
        await harness.apiClient.ask(chief.bearer, field, {
          ...variablesFor(field, "full", ownFiller(harness, chief, field, nth)),
        });
  }
}

function valueFor({ key }: Caller, list: string, name: string, type: string): unknown {
  const own = (kind: ValueKind) => (key ? harness.pools.own(key, kind, list)[0] : undefined) ?? "";
  if (name === "after") return own("cursor");
  if (type === "DateTime") return name === "to" ? new Date().toISOString() : "2020-01-01T00:00:00.000Z";
  if (name === "tenantId") return own("tenant");
  if (name === "catalogId") return own("catalog");
  if (type !== "ID") return name === "country" ? "US" : "a";
  return own(
    name === "userId"
      ? "user"
      : name === "customerId"
        ? "customer"
        : name === "id" && list === "customers"
          ? "customer"
          : "subscription",
  );
}

/** What the program does by itself. */
async function workAlone(): Promise<void> {
  const { testContext } = harness.world;
  const ctx = testContext.system;
  for (const work of [expiredInvitations, endedTerms])
    await processDueRows(ctx, work, {
      onError: (error) => {
        throw error as Error;
      },
    });
  await ctx.transaction(async (tx) => {
    await forgetOldResults(tx);
    await forgetOldDeliveries(tx);
  });
  await forgetOldEvents(ctx, 30);
  for await (const batch of recountRows(ctx)) expect(batch.wrong).toEqual([]);
  for await (const report of verifyActivityLog(ctx)) expect(report.damage).toBeUndefined();
}

function isExpected(step: string, form: string): boolean {
  return BOUNDED.some(([statement]) => statement.test(`${step} ${form}`));
}

test("no statement scans a table or sorts more than a page, on tables as full as after growth", async () => {
  const { database } = harness.server.running.services;
  const faults = new Set<string>();
  for (const [form, same] of heard)
    for (const statement of [...same.slice(0, OF_EACH - 1), ...same.slice(-1)])
      for (const step of await costlySteps(database, statement))
        if (!isExpected(step, form))
          faults.add(`${step}\n    ${form.replace(/^SELECT .*? FROM/, "SELECT … FROM")}`);
  expect(heard.size).toBeGreaterThan(200);
  expect([...faults].join("\n")).toBe("");
}, 300_000);

// On both databases the same tables are named in the same statements.
if (testDatabase === "sqlite")
  test("docs/scaling.md lists every statement that names rows of more than one organization", () => {
    const page = readFileSync(join(__dirname, "../../docs/scaling.md"), "utf8");
    const listed = [...page.matchAll(/^\| `((?:SELECT|UPDATE|DELETE|INSERT) [^`]+)` /gm)].map(
      ([, one]) => one,
    );
    expect(listed.sort()).toEqual(crossingOfProgram);
  });
