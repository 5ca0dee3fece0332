import { DatabaseClock } from "../../src/database/database-clock";
import { openTestContext, type TestContext } from "../support/test-context";
import { until } from "../webhooks/webhook-test-context";
import { AT_ONCE_MS } from "../support/patience";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const realDate = Date;
afterEach(() => {
  globalThis.Date = realDate;
});

/** Sets the machine's time of day, as `date -s` would, for this process: everything else goes on. */
function setMachineClock(shiftMs: number): void {
  const shifted = () => realDate.now() + shiftMs;
  globalThis.Date = new Proxy(realDate, {
    construct: (date, given, newTarget) =>
      Reflect.construct(date, given.length > 0 ? given : [shifted()], newTarget) as object,
    get: (date, name, receiver) =>
      name === "now" ? shifted : (Reflect.get(date, name, receiver) as unknown),
  });
}

const HOUR = 3_600_000;
const offBy = (clock: DatabaseClock) => Math.abs(realDate.parse(clock.now()) - realDate.now());

describe("the clock of a node", () => {
  it.each([0, 2 * HOUR, -2 * HOUR, 40 * 24 * HOUR])(
    "is the database's, also where the machine's is off by %i ms, at the start or later",
    async (shiftMs) => {
      setMachineClock(shiftMs);
      const clock = await DatabaseClock.open(testContext.database);
      expect(offBy(clock)).toBeLessThan(AT_ONCE_MS);
      expect(Math.abs(clock.machineAheadMs - shiftMs)).toBeLessThan(AT_ONCE_MS);
      setMachineClock(shiftMs + 5 * HOUR);
      expect(offBy(clock)).toBeLessThan(AT_ONCE_MS);
      clock.close();
    },
  );

  it("follows the database's clock when that is set, and goes on while the database is away", async () => {
    let answer = () => Promise.resolve([{ at: "1000000000000" }]);
    const read = (work: (reads: never) => Promise<unknown>) => work({ rows: () => answer() } as never);
    const troubles: unknown[] = [];
    const onTrouble = (error: unknown) => troubles.push(error);
    const clock = await DatabaseClock.open({ family: "mysql", read } as never, { measureMs: 20, onTrouble });
    expect(clock.now()).toMatch(/^2001-09-09T01:46:40/);
    answer = () => Promise.resolve([{ at: "2000000000000" }]);
    await until(() => clock.now().startsWith("2033-05-18T03:33:2"));
    answer = () => Promise.reject(new Error("away"));
    await until(() => troubles.length > 0);
    const before = clock.now();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(clock.now() > before).toBe(true);
    clock.close();
  });
});
