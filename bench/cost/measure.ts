import type { GraphQLSchema } from "graphql";
import { type BenchEnvironment, databaseProcesses } from "../environment";
import { threadCpuMsOf } from "../processes";
import { type CostDocument, generateDocuments } from "./documents";
import { type CostServer, startCostServer } from "./fill";
import { mutationDocuments, mutationSamples } from "./mutations";

/** What one operation costs: in points, and in milliseconds of CPU time of server and database together. */
export interface Measured {
  name: string;
  points: number;
  cpuMs: number;
}

/** How large a run is. */
export interface CostScale {
  /** Milliseconds of CPU time after which a document has been measured for long enough. */
  cpuMs: number;
  /** Composite fields within each other at most. */
  depth: number;
}

/** What every other operation is compared with. */
export const REFERENCE = "{ customers(first: 500) { nodes { id companyName domain } } }";

/** What the caller may be refused: the operation was understood, and its refusal is work too. */
const REFUSALS = ["FORBIDDEN", "INVITATION_NOT_FOUND"];

const WARM_UP = 3;
const MIN_CALLS = 3;
const MAX_CALLS = 300;
const MAX_POINTS = 2_000;

/** Measures the reference, everything that the generator finds, and every mutation, one after the other. */
export async function measureCosts(
  environment: BenchEnvironment,
  schema: GraphQLSchema,
  { cpuMs, depth }: CostScale,
  tell: (text: string) => void,
): Promise<{ reference: Measured; measured: Measured[] }> {
  const cost = await startCostServer(environment);
  try {
    const database = databaseProcesses(environment);
    const meter = new CostMeter(cost, () => threadCpuMsOf(database), cpuMs);
    const reference = await meter.measure("customers(500)", REFERENCE);
    const measured: Measured[] = [];
    for (const { name, query } of documentsFor(schema, cost.ids, depth))
      measured.push(await meter.measure(name, query));
    for (const { name, query, sample } of mutationDocuments(schema, mutationSamples(cost.ids)))
      measured.push(await meter.measure(name, query, (n) => ({ input: sample.input(n) })));
    const again = await meter.measure("customers(500)", REFERENCE);
    tell(`${measured.length} operations; the reference took ${reference.cpuMs.toFixed(2)} and ${again.cpuMs.toFixed(2)} ms`);
    const mean = (reference.cpuMs + again.cpuMs) / 2;
    return { reference: { ...reference, cpuMs: mean }, measured };
  } finally {
    await cost.client.close();
    await cost.server.kill();
  }
}

/** The root fields' arguments: rows that are there, and the filters and orders that read the most. */
function documentsFor(schema: GraphQLSchema, ids: Record<string, string>, maxDepth: number): CostDocument[] {
  const id = `id: ${JSON.stringify(ids.Customer)}`;
  const customerId = `customerId: ${JSON.stringify(ids.Customer)}`;
  const types = `types: [CUSTOMER_UPDATED, INVITATION_SENT]`;
  return generateDocuments({
    schema,
    maxPoints: MAX_POINTS,
    maxDepth,
    argumentsOf: {
      customer: [id],
      node: [id],
      invitation: [`token: ${JSON.stringify("A".repeat(43))}`],
      customers: ["", `filter: { companyNameStartsWith: "customer" }`, "orderBy: { field: SINCE, direction: DESC }"],
      activityLog: ["", customerId, `companyName: "customer"`, `operation: "updateCustomer", outcome: REFUSED`],
      events: ["", types, customerId, `${types}, ${customerId}`],
      subscriptions: ["", customerId, "status: SUSPENDED"],
    },
  });
}

class CostMeter {
  constructor(
    private readonly cost: CostServer,
    private readonly databaseCpuMs: () => number,
    private readonly cpuMs: number,
  ) {}

  /** Sends one operation until enough CPU time was used. */
  async measure(name: string, query: string, variables: (n: number) => object = () => ({})): Promise<Measured> {
    const { client } = this.cost;
    let points = NaN;
    for (let n = 0; n < WARM_UP; n++) points = pointsOf(query, await client.ask(query, variables(n)));
    const before = this.used();
    let calls = 0;
    while (calls < MIN_CALLS || (calls < MAX_CALLS && this.used() - before < this.cpuMs))
      await client.ask(query, variables(WARM_UP + calls++));
    return { name, points, cpuMs: (this.used() - before) / calls };
  }

  private used(): number {
    return this.cost.server.cpuMs() + this.databaseCpuMs();
  }
}

function pointsOf(query: string, { body }: Awaited<ReturnType<CostServer["client"]["ask"]>>): number {
  const [error] = body.errors ?? [];
  if (error && !REFUSALS.includes(error.extensions.code))
    throw new Error(`${query}: ${error.extensions.code} ${error.message}`);
  return body.extensions?.cost?.requested ?? NaN;
}
