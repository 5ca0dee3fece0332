import { readdirSync, readFileSync } from "node:fs";

/** The kernel counts in ticks of 10 ms. */
const TICK_MS = 10;

/** Milliseconds of CPU time that these processes have used; those that are gone count nothing. */
export function cpuMsOf(pids: number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = statOf(pid);
    return sum + (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS;
  }, 0);
}

/**
 * Milliseconds of CPU time that the threads of these processes have used, to the nanosecond where the kernel tells it. For
 * spans well under a second, which ticks measure badly; of processes whose threads live as long as they do, such as Node's.
 */
export function threadCpuMsOf(pids: number[]): number {
  const figures = pids.flatMap((pid) =>
    threadsOf(pid).map((thread) => readOf(pid, `task/${thread}/schedstat`).split(" ")[0] ?? ""),
  );
  if (figures.every((figure) => figure === "")) return cpuMsOf(pids);
  return figures.reduce((sum, figure) => sum + Number(figure), 0) / 1e6;
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** A process and its children, such as a primary and its workers. */
export function family(pid: number): number[] {
  return [pid, ...pidsWhere((other) => Number(statOf(other)[1]) === pid)];
}

/** Processes whose command line has all of these words in it. */
export function processesWith(...words: string[]): number[] {
  return pidsWhere((pid) => {
    const line = readOf(pid, "cmdline").split("\0");
    return words.every((word) => line.some((part) => part.includes(word)));
  });
}

/** Megabytes of memory that a process has in use, as the kernel sees it. */
export function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readOf(pid, "status"))?.[1] ?? NaN) / 1_024;
}

/** From its state on: the name before it may have spaces in it. */
function statOf(pid: number): string[] {
  return readOf(pid, "stat").split(") ").pop()?.split(" ") ?? [];
}

function pidsWhere(isIt: (pid: number) => boolean): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(isIt);
}

function readOf(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}
