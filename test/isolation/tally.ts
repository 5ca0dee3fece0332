import { codesIn, type Reply } from "./api-client";
import { type IdParameter, idParameterName } from "./id-parameters";

/** What was sent in all, and how long it took. */
export interface Tally {
  probes: number;
  bySlot: Map<string, number>;
  msForeign: number[];
  msNever: number[];
}

/** A tally of nothing. */
export const emptyTally = (): Tally => ({ probes: 0, bySlot: new Map(), msForeign: [], msNever: [] });

/** Counts a probe; who was stopped at the endpoint tells nothing of how long it takes to look. */
export function note(tally: Tally, idParameter: IdParameter, foreign: Reply, never: Reply | undefined): void {
  tally.probes++;
  const name = idParameterName(idParameter);
  tally.bySlot.set(name, (tally.bySlot.get(name) ?? 0) + 1);
  if (codesIn(foreign).includes("FORBIDDEN")) return;
  tally.msForeign.push(foreign.ms);
  if (never) tally.msNever.push(never.ms);
}

/** The middle one of some durations, in milliseconds. */
export function median(list: number[]): number {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
