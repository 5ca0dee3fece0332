import { fanOutComparison } from "../compare/fan-out";
import { isComparison } from "../compare/options";
import { runComparison } from "../compare/run";
import { median } from "../median";
import { readScale } from "../process/options";
import { COMPARISON_USAGE, runScript } from "../run-script";
import { type FanOutResult, measureFanOut, type ServerKind } from "./fan-out";

const USUAL = { listeners: 2_000, events: 100, rounds: 5 };

const NAMES: Record<ServerKind, string> = {
  ours: "**ours**",
  raw: "raw `ws`",
  usual: "`graphql-ws`, as usual",
};

const USAGE = `Measures what a delivery to live listeners costs, in some two minutes.

  --listeners N --events N --rounds N
  --write            puts the report into docs/performance.md
${COMPARISON_USAGE}`;

/**
 * `npm run bench:fan-out`: 2,000 listeners, 100 events a turn, five turns each, in some two minutes. With
 * `--against COMMIT`: compared with that of a commit.
 */
runScript("npm run bench:fan-out", USAGE, async (args) => {
  if (isComparison(args)) return runComparison(args, fanOutComparison);
  const scale = readScale(args, USUAL);
  const results = await measureFanOut(scale);
  const ours = results.find(({ server }) => server === "ours");
  const lines = [
    `${scale.listeners} listeners, ${scale.events} events a turn, ${scale.rounds} turns.`,
    "",
    "| server | µs of CPU a delivery (each turn) | ours ÷ it |",
    "| --- | --: | --: |",
    ...results.map((result) => lineOf(result, ours?.cpuMsPer1000 ?? [])),
  ];
  return lines.join("\n");
});

function lineOf({ server, cpuMsPer1000 }: FanOutResult, ours: number[]): string {
  const each = cpuMsPer1000.map((figure) => figure.toFixed(1)).join(", ");
  const ratio = median(cpuMsPer1000.map((figure, turn) => (ours[turn] ?? NaN) / figure));
  return `| ${NAMES[server]} | ${median(cpuMsPer1000).toFixed(1)} (${each}) | ${ratio.toFixed(2)} |`;
}
