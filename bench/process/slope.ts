import { studentT95 } from "../student-t";

/** A straight line through points, and how sure its slope is. */
export interface Slope {
  /** By how much it rises where x grows by 1. */
  perUnit: number;
  /** The true slope lies within so much of it, with a certainty of 95 %, if the points scatter independently. */
  within: number;
  /** Which share of the scatter the line explains. */
  r2: number;
}

/** The line of least squares. With fewer than three points its slope is not sure at all: `within` is not a number. */
export function slopeOf(points: { x: number; y: number }[]): Slope {
  const mean = (of: (point: { x: number; y: number }) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [middleX, middleY] = [mean(({ x }) => x), mean(({ y }) => y)];
  const sxx = mean(({ x }) => (x - middleX) ** 2) * points.length;
  const sxy = mean(({ x, y }) => (x - middleX) * (y - middleY)) * points.length;
  const syy = mean(({ y }) => (y - middleY) ** 2) * points.length;
  const perUnit = sxy / sxx;
  const left = Math.max(0, syy - perUnit * sxy);
  const freedom = points.length - 2;
  const within = studentT95(freedom) * Math.sqrt(left / freedom / sxx);
  return { perUnit, within, r2: syy === 0 ? 1 : 1 - left / syy };
}
