import { eachOf } from "../isolation/api-client";
import { fieldsOf } from "../isolation/probing";
import { grantable, GrantHolder, HOLDERS_PARTNER } from "../isolation/grant-holder";
import { type IsolationHarness, openIsolationHarness } from "../isolation/harness";
import { variablesFor } from "../isolation/id-parameters";
import { idOf } from "../isolation/fixture-world";
import { multiply } from "./multiply";
import { costlySteps, type Statement } from "./plans";
import { variantsOf } from "./variants";

// The plans of statements that grants on single customers limit. A file of its own, as for the other plans.

const COPIES = 120;
const GRANTED = ["customerX"] as const;

let harness: IsolationHarness;
let holder: GrantHolder;
let isHearing = false;
const heard = new Map<string, Statement>();

function hear(sql: string, parameters: readonly unknown[]): void {
  if (isHearing && /^\s*SELECT/i.test(sql) && /customer_grant/.test(sql))
    heard.set(sql.replace(/\s+/g, " "), { sql, parameters: [...parameters] });
}

beforeAll(async () => {
  harness = await openIsolationHarness(hear);
  holder = await GrantHolder.signIn(harness);
  await holder.grant(GRANTED, new Date(Date.now() + 3_600_000).toISOString());
  isHearing = true;
  await askEverything();
  isHearing = false;
  await multiply(harness.server.running.services.database, idOf(harness.world, HOLDERS_PARTNER), COPIES);
}, 600_000);
afterAll(() => harness.close());

/** Every query that grants open, in every way; and every row about the customer by its id. */
async function askEverything(): Promise<void> {
  const ask = (field: ReturnType<typeof fieldsOf>[number], variables: object) =>
    harness.apiClient.ask(holder.bearer, field, variables);
  for (const field of fieldsOf("query")) {
    if (!grantable.includes(field.permission as never)) continue;
    const lean = variablesFor(field, "lean", () => harness.world.customers.customerX.id);
    await eachOf(variantsOf(field, valueFor), async (variables) => {
      await ask(field, { ...lean, ...variables, after: undefined });
    });
  }
  const node = fieldsOf("query").find(({ name }) => name === "node");
  const kinds = ["customer", "invitation", "relationship", "subscription", "partner", "offer"] as const;
  for (const id of kinds.flatMap((kind) => harness.rules.idsOf(kind).slice(0, 3)))
    if (node) await ask(node, { id });
}

function valueFor(name: string, type: string): unknown {
  if (type === "DateTime") return name === "to" ? new Date().toISOString() : "2020-01-01T00:00:00.000Z";
  if (name === "tenantId") return harness.world.customers.customerX.tenantId;
  if (type !== "ID") return "a";
  return name === "userId" ? holder.userId : harness.world.customers.customerX.id;
}

test("no statement that grants limit scans a table, on tables as full as after growth", async () => {
  const { database } = harness.server.running.services;
  const faults = new Set<string>();
  for (const [form, statement] of heard)
    for (const step of await costlySteps(database, statement))
      // Rows about the customers of somebody's grants are found by these, and then sorted.
      if (!step.startsWith("sorts")) faults.add(`${step}\n    ${form}`);
  expect(heard.size).toBeGreaterThan(30);
  expect([...faults].join("\n")).toBe("");
}, 300_000);
