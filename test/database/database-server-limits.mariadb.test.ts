import { warnOfDatabaseServerLimits } from "../../src/database/database-server-limits";
import { type TestContext, openTestContext } from "../support/test-context";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext({ poolSize: 1 });
});
afterAll(() => testContext.close());

/** What is logged when this many processes with pools of this size share the test server: 250 connections, 16,382 statements. */
async function warningsOf(poolSize: number, workers: number, worker?: { number: number }): Promise<object[]> {
  const warnings: object[] = [];
  const log = { warn: (figures: object, text: string) => void warnings.push({ ...figures, text }) };
  const database = { family: "mysql" as const, url: "", poolSize };
  await warnOfDatabaseServerLimits({ database, workers }, testContext.database, log as never, worker);
  return warnings;
}

it("ten connections of six workers may keep more prepared statements than the server: the start says so with the figures", async () => {
  expect(await warningsOf(10, 6, { number: 1 })).toEqual([
    {
      wanted: 18_000,
      maxPreparedStatements: 16_382,
      poolSize: 10,
      workers: 6,
      statementsPerConnection: 300,
      text: expect.stringMatching(/raise its max_prepared_stmt_count/) as string,
    },
  ]);
});

it("five workers are within both limits, and only the first worker of many speaks", async () => {
  expect(await warningsOf(10, 5)).toEqual([]);
  expect(await warningsOf(10, 6, { number: 2 })).toEqual([]);
});

it("more connections than the server gives are told too", async () => {
  expect(await warningsOf(50, 6)).toMatchObject([
    { wanted: 300, maxConnections: 250, text: expect.stringMatching(/raise its max_connections/) as string },
    { wanted: 90_000 },
  ]);
});
