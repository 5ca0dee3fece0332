import type { GraphQLSchema } from "graphql";
import { loadConfig } from "../../src/config/config";
import { type BenchEnvironment, databaseProcesses } from "../environment";
import { median } from "../median";
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

/** What every other operation is compared with: the largest page of customers with all leaves, as the generator writes it. */
export const REFERENCE = "customers(500)";

/** What the caller may be refused: the operation was understood, and its refusal is work too. */
const REFUSALS = ["FORBIDDEN", "INVITATION_NOT_FOUND"];

/** Requests that are on their way at a time. */
const AT_ONCE = 16;
/** Rounds of so many requests: the most that warm an operation up or measure it, and the fewest that measure it. */
const MAX_ROUNDS = 100;
const MIN_ROUNDS = 3;
const MAX_POINTS = loadConfig({}).limits.cost;
/**
 * Operations of so few points are what every request does above all. A server that has just started does that several times as
 * slowly as one that has answered some thousand requests, so as much CPU time goes to them before anything is measured.
 */
const SMALL_POINTS = 2;
const WARM_UP_CPU_MS = 6_000;
/** The reference is measured again after so many operations: the program becomes faster while it runs. */
const REFERENCE_EVERY = 25;

/** Measures the reference, everything that the generator finds, and every mutation, one after the other. */
export async function measureCosts(
  environment: BenchEnvironment,
  schema: GraphQLSchema,
  { cpuMs: spend, depth }: CostScale,
  tell: (text: string) => void,
): Promise<{ reference: Measured; measured: Measured[] }> {
  const cost = await startCostServer(environment);
  try {
    const database = databaseProcesses(environment);
    const meter = new CostMeter(cost, () => threadCpuMsOf(database), spend);
    const documents = documentsFor(schema, cost.ids, depth);
    const referenceQuery = documents.find(({ name }) => name === REFERENCE)?.query;
    if (referenceQuery === undefined) throw new Error(`the generator has no ${REFERENCE}`);
    const references: Measured[] = [];
    const measured: Measured[] = [];
    const add = async (name: string, query: string, variables?: (n: number) => object) => {
      if (measured.length % REFERENCE_EVERY === 0)
        references.push(await meter.measure(REFERENCE, referenceQuery));
      measured.push(await meter.measure(name, query, variables));
    };
    await meter.warmUp(documents.filter(({ points }) => points <= SMALL_POINTS));
    for (const { name, query } of documents) await add(name, query);
    for (const { name, query, sample } of mutationDocuments(schema, mutationSamples(cost.ids)))
      await add(name, query, (n) => ({ input: sample.input(n) }));
    tell(`${measured.length} operations, the reference ${references.length} times`);
    const cpuMs = median(references.map((one) => one.cpuMs));
    return { reference: { name: REFERENCE, points: references[0]?.points ?? NaN, cpuMs }, measured };
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
      customers: [
        "",
        `filter: { companyNameStartsWith: "customer" }`,
        "orderBy: { field: SINCE, direction: DESC }",
      ],
      activityLog: [
        "",
        customerId,
        `companyName: "customer 000"`,
        `operation: "updateCustomer", outcome: REFUSED`,
      ],
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

  /** Sends some operations in turns, so that the program is as fast as one that has been up for some time. */
  async warmUp(documents: readonly CostDocument[]): Promise<void> {
    const began = this.used();
    while (documents.length > 0 && this.used() - began < WARM_UP_CPU_MS)
      for (const { query } of documents)
        await Promise.all(Array.from({ length: AT_ONCE }, () => this.cost.client.ask(query)));
  }

  /** Sends one operation until enough CPU time was used to warm it up, and then again to measure it. */
  async measure(
    name: string,
    query: string,
    variables: (n: number) => object = () => ({}),
  ): Promise<Measured> {
    let sent = 0;
    let points = NaN;
    const round = async () => {
      const asked = Array.from({ length: AT_ONCE }, () => this.cost.client.ask(query, variables(sent++)));
      for (const answer of await Promise.all(asked)) points = pointsOf(query, answer);
    };
    await this.spend(round);
    return { name, points, cpuMs: median(await this.spend(round)) / AT_ONCE };
  }

  /** Milliseconds of CPU time of each round. */
  private async spend(round: () => Promise<void>): Promise<number[]> {
    const rounds: number[] = [];
    const began = this.used();
    while (rounds.length < MIN_ROUNDS || (rounds.length < MAX_ROUNDS && this.used() - began < this.cpuMs)) {
      const before = this.used();
      await round();
      rounds.push(this.used() - before);
    }
    return rounds;
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
