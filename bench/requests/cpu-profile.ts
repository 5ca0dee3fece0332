import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
}

/** Time that was spent in a package or function itself, not in what it called: its share of all busy time. */
export interface SelfTime {
  name: string;
  share: number;
}

/** Reads the profile that a process left in a folder; what happened in the first `skipMs` is left out. */
export function readCpuProfile(
  folder: string,
  skipMs: number,
): { packages: SelfTime[]; functions: SelfTime[] } {
  const file = readdirSync(folder).find((name) => name.endsWith(".cpuprofile"));
  if (!file) throw new Error("the server left no profile");
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), "utf8")) as CpuProfile;
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const packages = new Map<string, number>();
  const functions = new Map<string, number>();
  let at = 0;
  for (const [index, node] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0;
    at += delta;
    const frame = frames.get(node);
    if (at < skipMs * 1_000 || !frame || frame.functionName === "(idle)") continue;
    const where = packageOf(frame);
    const name = `${frame.functionName || "(anonymous)"} ${where} ${placeOf(frame)}`;
    packages.set(where, (packages.get(where) ?? 0) + delta);
    functions.set(name, (functions.get(name) ?? 0) + delta);
  }
  return { packages: shares(packages), functions: shares(functions) };
}

function shares(times: Map<string, number>): SelfTime[] {
  const all = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([name, time]) => ({ name, share: time / all }))
    .sort((one, other) => other.share - one.share);
}

function packageOf({ url, functionName }: CpuProfile["nodes"][number]["callFrame"]): string {
  const path = url.replace(/^file:\/\//, "");
  const installed = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  if (installed) return installed;
  const own = /\/dist\/((?:src\/)?[^/]+)/.exec(path)?.[1];
  if (own) return `our ${own}`;
  if (path.startsWith("node:")) return /^node:(?:internal\/)?[^/]+/.exec(path)?.[0] ?? "node";
  return path || (functionName.startsWith("(") ? functionName : "native code");
}

function placeOf({ url, lineNumber }: CpuProfile["nodes"][number]["callFrame"]): string {
  const file = url.split("/").slice(-2).join("/");
  return file ? `${file}:${lineNumber + 1}` : "";
}
