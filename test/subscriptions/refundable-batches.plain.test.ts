import {
  batchesAfter,
  MAX_REFUNDABLE_BATCHES,
  reductionRefusal,
  refundableQuantity,
} from "../../src/subscriptions/refundable-batches.policy";

const NOW = "2026-03-05T12:00:00.000Z";
const A_WEEK_ON = "2026-03-12T12:00:00.000Z";
const [CLOSED, EARLY, LATE] = ["2026-03-05T11:59:59.999Z", NOW, "2026-03-09T12:00:00.000Z"];

const subscription = (quantity: number, ...batches: [quantity: number, until: string][]) => ({
  quantity,
  termEndsAt: "2027-02-28T23:59:59.999Z",
  refundableBatches: batches.map(([size, until]) => ({ quantity: size, until })),
});

it("what may be given back is what stands in the batches that are open, the last moment included", () => {
  const mixed = subscription(20, [8, CLOSED], [3, EARLY], [4, LATE]);
  expect(refundableQuantity(mixed, NOW)).toEqual({
    totalQuantity: 7,
    details: [
      { quantity: 3, allowedUntil: EARLY },
      { quantity: 4, allowedUntil: LATE },
    ],
  });
  expect(refundableQuantity(subscription(20, [8, CLOSED]), NOW)).toEqual({ totalQuantity: 0, details: [] });
});

it.each([
  [
    "more is a batch of its own for a week; closed ones are forgotten",
    25,
    [
      [3, EARLY],
      [4, LATE],
      [5, A_WEEK_ON],
    ],
  ],
  [
    "less is taken from the batch that closes first",
    18,
    [
      [1, EARLY],
      [4, LATE],
    ],
  ],
  ["a batch that is used up is gone", 17, [[4, LATE]]],
  ["the rest is taken from the next one", 15, [[2, LATE]]],
  ["all of it may go", 13, []],
])("%s", (_what, quantity, left) => {
  const before = subscription(20, [8, CLOSED], [3, EARLY], [4, LATE]);
  const after = batchesAfter(before, quantity, NOW);
  expect(after.map((batch) => [batch.quantity, batch.until])).toEqual(left);
});

it.each([
  [20, undefined],
  [13, undefined],
  [12, "QUANTITY_NOT_REDUCIBLE"],
  [1, "QUANTITY_NOT_REDUCIBLE"],
])("of 20, of which 7 may be given back, %d: %s", (quantity, code) => {
  const before = subscription(20, [8, CLOSED], [3, EARLY], [4, LATE]);
  const refusal = reductionRefusal(before, { maximumQuantity: 300 }, quantity, NOW);
  expect(refusal?.code).toBe(code);
  if (refusal) expect(refusal).toMatchObject({ field: "quantity", details: { minimum: 13, maximum: 300 } });
});

it("a refusal says how many could go, and when the others can", () => {
  const refusal = reductionRefusal(subscription(20), { maximumQuantity: 300 }, 19, NOW);
  expect(refusal?.message).toBe(
    "None of the 20 can be given back now: what was bought, added or renewed within the last 7 days. The others stay until the term ends at 2027-02-28T23:59:59.999Z; take them away in the 7 days after the renewal, or turn auto-renewal off.",
  );
});

describe("a quantity that grows by one again and again", () => {
  /** The subscription after this many additions, so many milliseconds apart. */
  const grown = (times: number, everyMs: number) => {
    let found = subscription(0);
    for (let at = 0; at < times; at++) {
      const now = new Date(Date.parse(NOW) + at * everyMs).toISOString();
      found = { ...subscription(at + 1), refundableBatches: batchesAfter(found, at + 1, now) };
    }
    return found;
  };

  it("is a batch each time, up to a hundred; then one for each hour, which closes with its latest part", () => {
    const { refundableBatches } = grown(130, 60_000);
    expect(refundableBatches.slice(0, 99).every(({ quantity }) => quantity === 1)).toBe(true);
    // The hundredth was at 13:39, and the last at 14:09.
    expect(refundableBatches.slice(99)).toEqual([
      { quantity: 21, until: "2026-03-12T13:59:00.000Z" },
      { quantity: 10, until: "2026-03-12T14:09:00.000Z" },
    ]);
  });

  it.each([
    ["every second", 1_000],
    ["every ten minutes", 600_000],
    ["every two hours", 7_200_000],
  ])(
    "%s for a month has no more batches than the column holds, and nothing can be given back much later",
    (_often, everyMs) => {
      const times = Math.min(20_000, Math.ceil((30 * 86_400_000) / everyMs));
      const found = grown(times, everyMs);
      expect(found.refundableBatches.length).toBeLessThanOrEqual(MAX_REFUNDABLE_BATCHES);
      const last = Date.parse(NOW) + (times - 1) * everyMs;
      const withinAWeek = Math.min(times, Math.floor((7 * 86_400_000) / everyMs) + 1);
      const { totalQuantity } = refundableQuantity(found, new Date(last).toISOString());
      expect(totalQuantity).toBeGreaterThanOrEqual(withinAWeek);
      expect(totalQuantity).toBeLessThanOrEqual(withinAWeek + 3_600_000 / everyMs);
    },
  );
});
