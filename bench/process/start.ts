import { createConnection } from "mysql2/promise";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { demoPeople } from "../../src/demo";
import { openDevelopmentIssuer } from "../../src/identity";
import { compileProgram } from "../../test/start/program";
import { type DatabaseKind, type BenchEnvironment, makeEnvironment } from "../environment";
import { median } from "../median";
import { freePort, spawnOurs, untilHealthy } from "../our-server";
import { tell } from "../tell";
import { markdownTable } from "../surroundings";

/** How large a run is. */
export interface StartScale {
  databases: DatabaseKind[];
  rounds: number;
}

/** How long starts took until the first answer: a figure a round, by the clock and in CPU time of the process. */
export interface StartFigures {
  database: string;
  kind: "cold" | "warm";
  ms: number[];
  cpuMs: number[];
}

/** What a run found. */
export interface Starts {
  buildMs: number;
  figures: StartFigures[];
}

/** As after `npm install`: with the demo and the explorer, without metrics. */
const AS_USUAL = { DEMO: "on", EXPLORER: "on", METRICS_PORT: "" };

const QUESTION = JSON.stringify({ query: "{ customers(first: 10) { nodes { id companyName } } }" });

/**
 * Starts the program on an empty data folder and database (migrations, keys and the demo are made), then again on what is
 * there, and asks it for the demo's customers until it answers.
 */
export async function measureStarts({ databases, rounds }: StartScale): Promise<Starts> {
  const figures: StartFigures[] = [];
  let buildMs = NaN;
  for (const database of databases) {
    const environment = await makeEnvironment(database);
    try {
      const began = performance.now();
      const dist = await compileProgram(environment.folder);
      buildMs = performance.now() - began;
      const cold: StartFigures = { database: environment.version, kind: "cold", ms: [], cpuMs: [] };
      const warm: StartFigures = { ...cold, kind: "warm", ms: [], cpuMs: [] };
      for (let round = 0; round < rounds; round++) {
        const starts = await startTwice(dist, environment);
        for (const figures of [cold, warm]) {
          figures.ms.push(starts[figures.kind].ms);
          figures.cpuMs.push(starts[figures.kind].cpuMs);
        }
      }
      figures.push(cold, warm);
      tell(`${environment.version}: measured`);
    } finally {
      await environment.remove();
    }
  }
  return { buildMs, figures };
}

/** Milliseconds from the spawn of the process to its first answer, by the clock and of its CPU time. */
export interface StartCost {
  ms: number;
  cpuMs: number;
}

/**
 * Starts a compiled program on an empty data folder and database, ends it, and starts it again on what is there then.
 * @throws Error it does not answer with the demo's customers
 */
export async function startTwice(
  dist: string,
  environment: BenchEnvironment,
): Promise<Record<"cold" | "warm", StartCost>> {
  const home = await emptied(environment);
  try {
    const cold = await startOnce(dist, home);
    return { cold, warm: await startOnce(dist, home) };
  } finally {
    rmSync(home.folder, { recursive: true });
  }
}

/** A data folder of its own, and no tables. */
async function emptied(environment: BenchEnvironment): Promise<BenchEnvironment> {
  const folder = mkdtempSync(join(environment.folder, "start-"));
  if (environment.address.family === "mysql") {
    const { url } = environment.address;
    const name = new URL(url).pathname.slice(1);
    const connection = await createConnection(url);
    await connection.query(`DROP DATABASE ${name}`);
    await connection.query(`CREATE DATABASE ${name}`);
    await connection.end();
  }
  return { ...environment, folder, variables: { ...environment.variables, DATA_DIR: folder } };
}

async function startOnce(dist: string, home: BenchEnvironment): Promise<StartCost> {
  const port = await freePort();
  const began = performance.now();
  const server = spawnOurs(dist, home, { variables: { ...AS_USUAL, PORT: String(port) } });
  try {
    await untilHealthy(port, server);
    // The program makes the key at a cold start, so the token can be signed only now.
    const issuer = await openDevelopmentIssuer(home.folder);
    const person = demoPeople["direct-agent"];
    if (!person) throw new Error("the demo has no direct-agent");
    const token = await issuer.sign(person, 600);
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const url = `http://127.0.0.1:${port}/graphql`;
    const response = await fetch(url, { method: "POST", headers, body: QUESTION });
    const answer = await response.text();
    const cost = { ms: performance.now() - began, cpuMs: server.cpuMs() };
    if (!answer.includes("companyName")) throw new Error(`not a good answer: ${answer}`);
    return cost;
  } finally {
    await server.kill();
  }
}

/** The figures, medians with the fastest and the slowest. */
export function reportOfStarts({ buildMs, figures }: Starts): string {
  const range = (list: number[]) => {
    const [least, most] = [Math.min(...list), Math.max(...list)];
    return `${median(list).toFixed(0)} (${least.toFixed(0)} to ${most.toFixed(0)})`;
  };
  const rows = figures.map(({ database, kind, ms, cpuMs }) => [
    `${kind}, ${database}`,
    String(ms.length),
    range(ms),
    range(cpuMs),
  ]);
  const table = markdownTable(["start", "times", "ms to the first answer", "CPU ms of the process"], rows);
  return `${table}\n\nThe build, \`npm run build\`, took ${buildMs.toFixed(0)} ms besides.`;
}
