import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";

/** How a TypeScript file of the bench is forked: without standard output, with a line to talk over. */
export const CHILD = {
  execArgv: ["-r", "@swc-node/register"],
  stdio: ["ignore", "ignore", "inherit", "ipc"] as ("ignore" | "inherit" | "ipc")[],
};

/** The first report of a child that is what is waited for; an error when the child ends before. */
export function answer<Report, T extends Report>(
  child: ChildProcess,
  isIt: (report: Report) => report is T,
): Promise<T>;
export function answer<Report>(child: ChildProcess, isIt: (report: Report) => boolean): Promise<Report>;
export function answer<Report>(child: ChildProcess, isIt: (report: Report) => boolean): Promise<Report> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error("a process of the bench ended"));
    const take = (report: unknown) => {
      if (!isIt(report as Report)) return;
      child.off("message", take);
      child.off("exit", gone);
      resolve(report as Report);
    };
    child.on("message", take);
    child.once("exit", gone);
  });
}

/** Milliseconds of CPU time that a process has used; the kernel counts in ticks of 10 ms. */
export function cpuOfProcess(pid: number | string | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
