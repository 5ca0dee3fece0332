import { readFileSync } from "node:fs";
import { join } from "node:path";
import { median } from "../median";
import type { Figures, Outcome } from "./measure";
import type { ServerKind } from "./servers";

/** What each server is called in the report. */
const NAMES: Record<ServerKind, string> = {
  ours: "**ours**",
  handWritten: "(f) hand-written",
  naive: "(a) naive",
  mercurius: "(m) Mercurius",
};

const PACKAGES = [
  ...["@apollo/server", "graphql", "type-graphql", "typeorm", "mysql2", "libsql", "fastify"],
  ...["express", "mercurius"],
];

const root = join(__dirname, "../..");

/** The measurements as Markdown: of what, and a table for each database. */
export function reportOf(outcomes: Outcome[]): string {
  return [
    `Versions: ${versions()}.`,
    ...outcomes.slice(0, 1).map(questionsOf),
    ...outcomes.map((outcome) => `### ${outcome.version}\n\n${tableOf(outcome)}`),
  ].join("\n\n");
}

function versions(): string {
  return PACKAGES.map((name) => {
    const file = join(root, "node_modules", name, "package.json");
    return `${name} ${(JSON.parse(readFileSync(file, "utf8")) as { version: string }).version}`;
  }).join(", ");
}

const HEAD = [
  ["question", "server", "requests/s", "p50 ms", "p99 ms", "CPU ms", "ours ÷ it, by CPU", "by requests/s"],
  ["---", "---", "--:", "--:", "--:", "--:", "--:", "--:"],
];

function tableOf({ figures }: Outcome): string {
  const rows = figures.map((one) => {
    const ours = figures.find((other) => other.server === "ours" && other.question === one.question);
    return [
      one.server === "ours" ? one.question.name : "",
      NAMES[one.server],
      whole(median(one.perSecond)),
      median(one.p50Ms).toFixed(1),
      median(one.p99Ms).toFixed(1),
      median(one.cpuMs).toFixed(2),
      ...(ours && ours !== one ? ratios(ours, one).map((ratio) => ratio.toFixed(2)) : ["", ""]),
    ];
  });
  return [...HEAD, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function whole(figure: number): string {
  return Math.round(figure).toLocaleString("en");
}

/**
 * How many requests ours does in the CPU time, and in the time, in which the other one does one: round by round, then the
 * median, so that a slow minute of the machine counts for both.
 */
export function ratios(ours: Figures, other: Figures): [byCpu: number, byThroughput: number] {
  const each = (of: (round: number) => number) => median(ours.cpuMs.map((_figure, round) => of(round)));
  return [
    each((round) => (other.cpuMs[round] ?? NaN) / (ours.cpuMs[round] ?? NaN)),
    each((round) => (ours.perSecond[round] ?? NaN) / (other.perSecond[round] ?? NaN)),
  ];
}

function questionsOf({ figures, bytes }: Outcome): string {
  const asked = figures.filter(({ server }) => server === "ours").map(({ question }) => question);
  return asked
    .map(({ name, title }) => `- ${name}: ${title} (${whole(bytes.get(name) ?? 0)} bytes of data)`)
    .join("\n");
}
