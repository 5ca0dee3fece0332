import { Budgets } from "../../src/transport/limits/budget";

const WINDOW_SECONDS = 40;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it.each([2, -2, -40 * 24])(
  "a window ends when it should, and says so, though the time of day was set by %i hours",
  async (hours) => {
    const limits = { budget: 100, sentBudget: 100, anonymousRequests: 100, budgetSeconds: WINDOW_SECONDS };
    const budgets = new Budgets({ limits, onTrouble: () => undefined });
    await budgets.charge("sent", "ada", 100);
    jest.setSystemTime(Date.now() + hours * 3_600_000);
    const { state } = await budgets.charge("sent", "ada", 1);
    expect(state.resetSeconds).toBeLessThanOrEqual(WINDOW_SECONDS);
    await jest.advanceTimersByTimeAsync(WINDOW_SECONDS * 1_000);
    expect(await budgets.charge("sent", "ada", 1)).toMatchObject({
      refused: false,
      state: { remaining: 99 },
    });
    await budgets.close();
  },
);
