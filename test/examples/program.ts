import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** An event as an example prints it. */
export interface PrintedEvent {
  id: string;
  type: string;
  position: number;
  cursor: string;
  [fact: string]: unknown;
}

/** An example, running. */
export interface Program {
  /** The events that it printed. */
  events: PrintedEvent[];
  /** What it told besides. */
  told(): string;
  /** The code that it ended with; null when it was killed. */
  end: Promise<number | null>;
  /** Resolves when it told this so many times. */
  tells(text: string, times?: number): Promise<void>;
  /** Resolves when it printed so many events. */
  prints(count: number): Promise<PrintedEvent[]>;
  kill(signal: "SIGKILL" | "SIGUSR2"): void;
}

const LISTENERS = join(__dirname, "../../examples/listeners");
const running = new Set<ChildProcess>();

/** Runs one of `examples/listeners` with these variables and arguments. */
export function start(example: string, variables: Record<string, string>, ...options: string[]): Program {
  const command = example.endsWith(".sh") ? "bash" : process.execPath;
  const child = spawn(command, [join(LISTENERS, example), ...options], {
    env: { ...process.env, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a script's own children end with it
  });
  running.add(child);
  const events: PrintedEvent[] = [];
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) events.push(JSON.parse(line) as PrintedEvent);
  });
  let told = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (told += text));
  const end = new Promise<number | null>((resolve) => child.once("close", resolve));
  void end.then(() => running.delete(child));
  const until = async (isSo: () => boolean, what: string) => {
    for (let tries = 0; !isSo(); tries++) {
      if (tries > 400) throw new Error(`${example} did not ${what}:\n${told}\n${JSON.stringify(events)}`);
      await pause(50);
    }
  };
  return {
    events,
    told: () => told,
    end,
    tells: (text, times = 1) => until(() => told.split(text).length > times, `say "${text}" ${times} times`),
    prints: (count) => until(() => events.length >= count, `print ${count} events`).then(() => events),
    kill: (signal) => (signal === "SIGKILL" ? killGroup(child) : void child.kill(signal)),
  };
}

/** Ends what a test left running. */
export function endAll(): void {
  for (const child of running) killGroup(child);
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
