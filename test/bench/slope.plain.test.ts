import { slopeOf } from "../../bench/process/slope";

const line = (ys: number[]) => ys.map((y, x) => ({ x, y }));

describe("the slope of a soak", () => {
  it("of points on a line is that line's, and sure", () => {
    expect(slopeOf(line([1, 3, 5, 7]))).toEqual({ perUnit: 2, within: 0, r2: 1 });
  });

  it("of points that scatter is no surer than they scatter", () => {
    const { perUnit, within, r2 } = slopeOf(line([1, 0, 1, 0, 1, 0, 1]));
    expect(perUnit).toBeCloseTo(0);
    expect(within).toBeCloseTo(0.284, 3);
    expect(r2).toBeCloseTo(0);
  });

  it("of two points is not known", () => {
    expect(slopeOf(line([1, 2])).within).toBeNaN();
  });
});
