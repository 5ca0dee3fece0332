import { compareLive } from "./compare-live";
import { compareMutations, type MutationServers } from "./compare-mutations";
import { compareQueries, type EndpointReport } from "./compare-queries";
import { type EndpointServer, fixedNow, startEndpointServer } from "./endpoint-server";
import { makeLiveEvents } from "./fuzz-endpoints";
import { seedOfRun } from "./seed-of-run";

/*
 * Random operations through the endpoints of whole servers: what is repeated must be answered as what is new, which
 * graphql-js executes, and do the same. FUZZ_SEED=… runs the same operations again.
 */

const seed = seedOfRun();
const TIMEOUT_MS = 300_000;

let reader: EndpointServer;
let writers: MutationServers;
beforeAll(async () => {
  const now = fixedNow();
  reader = await startEndpointServer(now);
  writers = { asNewOnes: await startEndpointServer(now), asRepeated: await startEndpointServer(now) };
}, TIMEOUT_MS);
afterAll(async () => {
  for (const { server } of [reader, writers.asNewOnes, writers.asRepeated]) await server.stop();
});

function expectNoDifference({ differences }: EndpointReport): void {
  const [first] = differences;
  expect({ seed, count: differences.length, first }).toEqual({ seed, count: 0, first: undefined });
}

it(
  "random queries get the same answers",
  async () => {
    const report = await compareQueries(reader, { seed, operations: 30 });
    expectNoDifference(report);
    expect(report.answered).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);

it(
  "random live operations hear the same events",
  async () => {
    await makeLiveEvents(reader);
    const report = await compareLive(reader, { seed, operations: 6 });
    expectNoDifference(report);
    expect(report.answered).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);

it(
  "random mutations get the same answers and do the same",
  async () => {
    const report = await compareMutations(writers, { seed, operations: 30 });
    expectNoDifference(report);
    expect({ seed, rows: report.rows }).toEqual({ seed, rows: [] });
    expect(report.answered).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);
