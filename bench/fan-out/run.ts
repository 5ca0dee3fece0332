import { median } from "../median";
import { measureFanOut } from "./fan-out";

/** `npm run bench:fan-out`: 2,000 listeners, five rounds in turns. Prints a table; numbers may be given: listeners events rounds. */
async function main(): Promise<void> {
  const [listeners = 2_000, events = 100, rounds = 5] = process.argv.slice(2).map(Number);
  const results = await measureFanOut({ listeners, events, rounds });
  const floor = median(results.find(({ server }) => server === "raw")?.cpuMsPer1000 ?? []);
  for (const { server, cpuMsPer1000 } of results) {
    const middle = median(cpuMsPer1000);
    const each = cpuMsPer1000.map((figure) => figure.toFixed(1)).join(" ");
    const times = (middle / floor).toFixed(2);
    process.stdout.write(
      `${server.padEnd(6)} ${middle.toFixed(1)} µs of CPU a delivery, ${times} times raw ws (${each})\n`,
    );
  }
}

void main();
