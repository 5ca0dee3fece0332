import type { Answer, Asked, WindowName } from "../../src/cluster/messages";
import { LeasedQuota } from "../../src/cluster/leased-quota";
import { QuotaLeaseManager } from "../../src/cluster/quota-lease-manager";
import { Budgets, type Charge } from "../../src/transport/limits/budget";

const WINDOW_MS = 40_000;
/** What one of two workers is lent when 19,999 points are left. */
const LENT = Math.floor(19_999 / 64);

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A primary and its workers, with lines between them that carry each message in a millisecond, in order. */
class Machine {
  /** What the workers asked the primary for. */
  readonly asked: Asked[] = [];
  /** What the primary answered. */
  readonly answered: Answer[] = [];
  /** Workers that hear nothing any more. */
  readonly dead = new Set<number>();
  primary: "there" | "away" | "late" = "there";
  readonly leaseManager: QuotaLeaseManager<number>;
  readonly hands: LeasedQuota[];
  private readonly budgets: Budgets[];

  constructor(workers: number, budget: number) {
    const limits = { budget, sentBudget: 1, anonymousRequests: 1, budgetSeconds: WINDOW_MS / 1_000 };
    this.leaseManager = new QuotaLeaseManager(limits, workers, (at, window) => this.callBack(at, window));
    this.hands = Array.from(
      { length: workers },
      (_, at) => new LeasedQuota((asked, hear) => this.ask(at, asked, hear)),
    );
    this.budgets = this.hands.map(
      ({ charge }) => new Budgets({ limits, chargeTogether: charge, onTrouble: () => undefined }),
    );
  }

  /** Charges a caller at a worker, and waits. */
  async charge(at: number, points: number, key = "ada"): Promise<Charge> {
    const charged = this.budgets[at].charge("points", key, points);
    let isDone = false;
    void charged.then(() => (isDone = true));
    for (let ms = 0; !isDone && ms < 1_000; ms++) await jest.advanceTimersByTimeAsync(ms && 1);
    return charged;
  }

  /** Charges points at a worker until it refuses; gives what passed. */
  async spendAll(at: number, points = 1): Promise<number> {
    let passed = 0;
    while (passed < 100_000 && !(await this.charge(at, points)).refused) passed += points;
    return passed;
  }

  private ask(at: number, asked: Asked, hear: (answer?: Answer) => void): void {
    this.asked.push(asked);
    if (this.primary === "away") return hear();
    const isLate = this.primary === "late";
    if (isLate) setTimeout(hear, 500);
    const answer = (answer: Answer) => {
      this.answered.push(answer);
      setTimeout(() => isLate || hear(answer), 1);
    };
    setTimeout(() => this.leaseManager.charge(at, asked, answer), isLate ? 700 : 1);
  }

  private callBack(at: number, window: WindowName): void {
    const giveBack = () => {
      const points = this.hands[at].giveBack(window);
      setTimeout(() => this.leaseManager.back(at, window, points), 1);
    };
    setTimeout(() => this.dead.has(at) || giveBack(), 1);
  }
}

describe("a caller's points at several workers", () => {
  it.each([50, 997, 20_000])(
    "are %d to the point, however many each charge takes and whoever counts it",
    async (limit) => {
      const machine = new Machine(3, limit);
      let random = limit;
      const next = (below: number) => (random = (random * 48_271) % 2_147_483_647) % below;
      const lastTold = [limit, limit, limit];
      const past: { at: number; passed: number }[] = [];
      for (let passed = 0; ;) {
        const at = next(3);
        const points = 1 + next(40);
        const { refused, state } = await machine.charge(at, points);
        const known = past.findLast(({ at }) => at < Date.now() - 2_000)?.passed ?? 0;
        if (refused) {
          expect(passed + points).toBeGreaterThan(limit);
          expect(state.remaining).toBe(0);
          break;
        }
        passed += points;
        expect(passed).toBeLessThanOrEqual(limit);
        expect(state.limit).toBe(limit);
        expect(state.remaining).toBeGreaterThanOrEqual(limit - passed);
        expect(state.remaining).toBeLessThanOrEqual(limit - known - points + limit / 32);
        expect(state.remaining).toBeLessThan(lastTold[at]);
        lastTold[at] = state.remaining;
        past.push({ at: Date.now(), passed });
        await jest.advanceTimersByTimeAsync(next(40));
      }
      for (const at of [0, 1, 2]) expect((await machine.charge(at, 1)).refused).toBe(true);
    },
  );

  it("are as many when they are asked for all at once", async () => {
    const machine = new Machine(4, 20_000);
    const charges = Array.from({ length: 4_000 }, (_, n) => machine.charge(n % 4, 7));
    const passed = (await Promise.all(charges)).filter(({ refused }) => !refused);
    expect(passed).toHaveLength(Math.floor(20_000 / 7));
  });

  it("are counted without asking for most of them", async () => {
    const machine = new Machine(2, 20_000);
    for (let n = 0; n < 10_000; n++) await machine.charge(n % 2, 1);
    expect(machine.asked.length).toBeLessThan(60);
  });

  it("that one worker was lent and does not use are there for the others", async () => {
    const machine = new Machine(4, 20_000);
    for (const at of [1, 2, 3]) await machine.charge(at, 1);
    expect(await machine.spendAll(0)).toBe(20_000 - 3);
  });

  it("are lent to nobody any more when they had to be given back", async () => {
    const machine = new Machine(2, 20_000);
    await machine.charge(1, 1);
    await machine.charge(0, 19_600);
    expect((await machine.charge(0, 200)).state.remaining).toBe(199);
    await machine.charge(0, 1);
    expect(await machine.spendAll(1)).toBe(198);
  });

  it("are all there in the next window, without what is left of the last one", async () => {
    const machine = new Machine(2, 20_000);
    const { state } = await machine.charge(0, 1);
    expect(state.resetSeconds).toBe(40);
    await machine.charge(1, 1);
    const { until } = machine.answered[0].lent;
    await jest.advanceTimersByTimeAsync(WINDOW_MS - 1_500);
    expect((await machine.charge(0, 1)).state).toEqual({ limit: 20_000, remaining: 19_997, resetSeconds: 2 });

    await jest.advanceTimersByTimeAsync(1_500);
    const { asked } = machine;
    const before = asked.length;
    expect((await machine.charge(0, 1)).state).toEqual({
      limit: 20_000,
      remaining: 19_999,
      resetSeconds: 40,
    });
    expect(asked).toHaveLength(before + 1);
    const last: WindowName = { ledger: "points", key: "ada", until };
    machine.leaseManager.back(1, last, LENT);
    expect(machine.hands[0].giveBack(last)).toBe(0);
    expect(await machine.spendAll(0)).toBe(19_999);
  });

  it("are all there in the next window also when processes are too busy for their timers", async () => {
    const machine = new Machine(2, 20_000);
    await machine.charge(0, 5);
    await jest.advanceTimersByTimeAsync(WINDOW_MS - 1_000);
    await machine.charge(0, 5);
    // The time has come, and no timer has gone off.
    jest.spyOn(process.hrtime, "bigint").mockReturnValue(process.hrtime.bigint() + 1_000_000_000n);
    expect((await machine.charge(0, 1)).state.remaining).toBe(19_999);
    jest.restoreAllMocks();
  });

  it("are not there sooner or later because the machine's time of day was set", async () => {
    const machine = new Machine(2, 20_000);
    await machine.charge(0, 5);
    for (const shiftMs of [7_200_000, -14_400_000]) {
      jest.setSystemTime(Date.now() + shiftMs);
      const { state } = await machine.charge(0, 5);
      expect(state.remaining).toBeLessThan(19_999);
      expect(state.resetSeconds).toBe(WINDOW_MS / 1_000);
    }
    await jest.advanceTimersByTimeAsync(WINDOW_MS);
    expect((await machine.charge(0, 1)).state.remaining).toBe(19_999);
  });

  it("are told never to grow while they are spent and asked for at once", async () => {
    const [hand] = new Machine(2, 20_000).hands;
    void hand.charge("points", "ada", 1);
    await jest.advanceTimersByTimeAsync(1);
    const asking = hand.charge("points", "ada", 1);
    await jest.advanceTimersByTimeAsync(1);
    expect((await hand.charge("points", "ada", 50))?.state.remaining).toBe(19_949);
    await jest.advanceTimersByTimeAsync(2);
    expect((await asking)?.state.remaining).toBeLessThanOrEqual(19_949);
  });
});

describe("what is in the hand of a worker", () => {
  it("is lost for the window when it has died, and nobody waits for it", async () => {
    const machine = new Machine(2, 20_000);
    await machine.charge(1, 1);
    machine.dead.add(1);
    machine.leaseManager.forget(1);
    expect((await machine.charge(0, 1)).state.remaining).toBe(20_000 - 2 - LENT);
    expect(await machine.spendAll(0)).toBe(20_000 - 2 - LENT);
  });

  it("is no more than its share, however large the charges that it does not suffice for", async () => {
    const machine = new Machine(2, 20_000);
    for (let n = 0; n < 10; n++) await machine.charge(0, 1_000);
    for (const { hand } of machine.asked) expect(hand?.points).toBeLessThanOrEqual(LENT);
  });

  it("is waited for a tenth of a second, once, when it does not answer, and then comes too late", async () => {
    const machine = new Machine(2, 20_000);
    await machine.charge(1, 1);
    machine.dead.add(1);
    expect(await machine.spendAll(0)).toBe(20_000 - 1 - LENT);
    const startedAt = Date.now();
    await machine.charge(0, 1);
    expect(Date.now() - startedAt).toBeLessThan(10);
    const { until } = machine.answered[0].lent;
    machine.leaseManager.back(1, { ledger: "points", key: "ada", until }, LENT);
    expect((await machine.charge(0, 1)).refused).toBe(true);
  });

  it("is spent while the primary is away, and then each worker counts for itself", async () => {
    const machine = new Machine(2, 20_000);
    await machine.charge(0, 1);
    machine.primary = "away";
    expect(await machine.spendAll(0)).toBe(LENT + 20_000);
    expect(await machine.spendAll(1)).toBe(20_000);
    machine.primary = "there";
    expect(await machine.spendAll(1)).toBe(20_000 - 1 - LENT);
  });

  it("is never what the primary lent too late", async () => {
    const machine = new Machine(2, 20_000);
    await machine.charge(0, 1);
    await machine.charge(0, LENT);
    machine.primary = "late";
    await machine.charge(0, 1);
    await machine.charge(1, 1);
    await jest.advanceTimersByTimeAsync(2_000);
    machine.primary = "there";
    const passed = (await machine.spendAll(1)) + (await machine.spendAll(0));
    expect(passed).toBeLessThanOrEqual(20_000 - 1 - LENT);
    expect(passed).toBeGreaterThan(20_000 - 4 * LENT);
  });

  it("is of 10,000 callers at most, and of none when their windows are over", async () => {
    const machine = new Machine(1, 20_000);
    for (let n = 0; n < 10_000; n++) void machine.hands[0].charge("points", `key ${n}`, 1);
    await jest.advanceTimersByTimeAsync(2);
    await machine.charge(0, 1, "one more");
    expect(machine.asked.at(-1)).toEqual({ ledger: "points", key: "one more", points: 1 });
    await jest.advanceTimersByTimeAsync(WINDOW_MS);
    expect([machine.leaseManager["windows"].size, machine.hands[0]["leases"].size]).toEqual([0, 0]);
    await machine.charge(0, 1, "one more");
    expect(machine.asked.at(-1)?.hand).toEqual({ points: 0, until: 0 });
  });
});
