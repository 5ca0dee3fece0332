import { describeDifferences, fuzzExecutor, type FuzzReport, missingAfter } from "./fuzz-executor";
import { seedOfRun } from "./seed-of-run";

/*
 * Random operations over the whole schema, executed by graphql-js and as repeated operations are. The seed is printed;
 * FUZZ_SEED=… runs the same operations again. `npm run fuzz:execution` runs many more.
 */

const OPERATIONS = 600;
/** The seeds that were tried needed 2,300 to 3,100. */
const MAX_DOCUMENTS = 10_000;
/** Far more than it takes, for a machine that does other work too. */
const TIMEOUT_MS = 300_000;
const seed = seedOfRun();

let report: FuzzReport;
beforeAll(async () => {
  report = await fuzzExecutor({ seed, operations: OPERATIONS });
}, TIMEOUT_MS);

it("repeated operations are executed exactly as graphql-js executes them", () => {
  expect(describeDifferences(report)).toBe("");
  expect(report.operations).toBeGreaterThanOrEqual(OPERATIONS);
});

it("hardly any generated document is invalid", () => {
  expect(report.rejected).toBeLessThan(report.documents / 20);
});

it(
  "every type, field, argument, input field and enum value of the schema is generated",
  () => {
    expect(report.schemaParts).toBeGreaterThan(1_000);
    expect({ seed, missing: missingAfter(MAX_DOCUMENTS, seed) }).toEqual({ seed, missing: [] });
  },
  TIMEOUT_MS,
);
