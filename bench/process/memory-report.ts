import { markdownTable } from "../surroundings";
import type { Kept, MemoryFigures } from "./memory";
import { slopeOf } from "./slope";

/** The first fifth of a soak is warm-up: code is still compiled, and caches fill. */
const WARM_UP_SHARE = 0.2;

/** The part of a soak that says whether memory grows. */
export function steadyPart(soak: Kept[]): Kept[] {
  return soak.slice(Math.ceil(soak.length * WARM_UP_SHARE));
}

/** The figures: sizes, and the slopes of the soak with the interval in which they surely are. */
export function reportOfMemory(figures: MemoryFigures): string {
  const { database, restMb, loadMb, listeners, withoutListeners, withListeners, soak } = figures;
  const perListener = (of: keyof Kept) =>
    `${(((withListeners[of] - withoutListeners[of]) * 1_024) / listeners).toFixed(1)} kB`;
  const sizes = markdownTable(
    [`what, on ${database}`, "resident", "heap after garbage collection"],
    [
      ["at rest, just started", mb(restMb), ""],
      ["under load, the most", mb(loadMb), ""],
      ["after the load", mb(withoutListeners.residentMb), mb(withoutListeners.heapMb)],
      [`${listeners} idle listeners besides`, mb(withListeners.residentMb), mb(withListeners.heapMb)],
      ["one idle listener", perListener("residentMb"), perListener("heapMb")],
    ],
  );
  return `${sizes}\n\n${soakOf(soak)}`;
}

function soakOf(soak: Kept[]): string {
  const steady = steadyPart(soak);
  const minutes = (soak[soak.length - 1]?.atMinutes ?? 0).toFixed(1);
  const rows = (["heapMb", "residentMb"] as const).map((of) => {
    const points = steady.map((kept) => ({ x: kept.atMinutes / 60, y: kept[of] }));
    const { perUnit, within, r2 } = slopeOf(points);
    const isSure = Math.abs(perUnit) > within;
    return [
      of === "heapMb" ? "heap after garbage collection" : "resident",
      mb(points[0]?.y ?? NaN),
      mb(points[points.length - 1]?.y ?? NaN),
      `${perUnit.toFixed(1)} ± ${within.toFixed(1)}`,
      r2.toFixed(2),
      isSure ? (perUnit > 0 ? "grows" : "shrinks") : "no slope to be seen",
    ];
  });
  const head = ["soak", "first", "last", "MB an hour, 95 %", "r²", "verdict"];
  const table = markdownTable(head, rows);
  return `A soak of ${minutes} minutes: sign-ins of people never seen before, lists, searches, two mutations, and listeners that come and go. Looked at ${steady.length} times, the first fifth left out.\n\n${table}`;
}

function mb(figure: number): string {
  return `${figure.toFixed(1)} MB`;
}
