import { SentAccount } from "../../src/live/sent-account";

const WINDOW_SECONDS = 30;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it("a caller is paused when its budget does not suffice, until its window has ended", async () => {
  const charged: number[] = [];
  const account = new SentAccount((points) => {
    charged.push(points);
    const state = { limit: 10, remaining: 0, resetSeconds: WINDOW_SECONDS };
    return Promise.resolve({ state, refused: points > 10 });
  });
  account.spend(10);
  await jest.advanceTimersByTimeAsync(100);
  expect(account.pause).toBeUndefined();
  account.spend(7);
  account.spend(4);
  await jest.advanceTimersByTimeAsync(100);
  expect(charged).toEqual([10, 11]);
  let isAllowed = false;
  void account.pause?.then(() => (isAllowed = true));
  await jest.advanceTimersByTimeAsync(WINDOW_SECONDS * 1_000 - 1);
  expect(isAllowed).toBe(false);
  expect(account.pause).toBeDefined();
  await jest.advanceTimersByTimeAsync(1);
  expect(isAllowed).toBe(true);
  expect(account.pause).toBeUndefined();
});
