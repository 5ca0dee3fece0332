import { inviteAndAccept, removeRelationship } from "../live/scenario";
import { compareLive } from "./compare-live";
import { compareMutations, type MutationReport } from "./compare-mutations";
import { compareQueries, type EndpointReport } from "./compare-queries";
import { type EndpointServer, fixedNow, startEndpointServer } from "./endpoint-server";
import { hashOf } from "./random";

/** How many operations of each kind to send to whole servers. */
export interface EndpointShares {
  queries: number;
  mutations: number;
  live: number;
}

/** What a run over the endpoints of whole servers found. */
export interface EndpointsReport extends EndpointReport {
  rows: MutationReport["rows"];
}

/** Mutations for one pair of servers: with more of them, fewer would still find a row to change. */
const MUTATIONS_PER_PAIR = 200;

/** Compares repeated operations with new ones at all endpoints of servers on the database under test. */
export async function fuzzEndpoints(
  { queries, mutations, live }: EndpointShares,
  seed: number,
  say: (line: string) => void,
): Promise<EndpointsReport> {
  const reports: EndpointReport[] = [];
  const rows: MutationReport["rows"] = [];
  await withServers(1, async ([reader]) => {
    reports.push(await compareQueries(reader, { seed, operations: queries }));
    say(`${queries} queries were sent to ${testDatabase}`);
    await makeLiveEvents(reader);
    reports.push(await compareLive(reader, { seed, operations: live }));
    say(`${live} live operations were sent to ${testDatabase}`);
  });
  for (let sent = 0; sent < mutations; sent += MUTATIONS_PER_PAIR)
    await withServers(2, async ([asNewOnes, asRepeated]) => {
      const operations = Math.min(MUTATIONS_PER_PAIR, mutations - sent);
      const servers = { asNewOnes, asRepeated };
      const report = await compareMutations(servers, { seed: hashOf(seed, sent), operations });
      reports.push(report);
      rows.push(...report.rows);
      say(`${sent + operations} mutations were sent to ${testDatabase}`);
    });
  return {
    operations: reports.reduce((sum, report) => sum + report.operations, 0),
    answered: reports.reduce((sum, report) => sum + report.answered, 0),
    differences: reports.flatMap(({ differences }) => differences),
    rows,
  };
}

/** Makes events of the kinds that the demo has none of, several of each. */
export async function makeLiveEvents({ server }: EndpointServer): Promise<void> {
  for (let time = 0; time < 4; time++) {
    const { relationshipIds } = await inviteAndAccept(server, { customer: "customer-admin-2" });
    for (const id of relationshipIds) await removeRelationship(server, id);
  }
}

type Servers<Count extends number> = Count extends 1 ? [EndpointServer] : [EndpointServer, EndpointServer];

async function withServers<Count extends 1 | 2>(
  count: Count,
  work: (servers: Servers<Count>) => Promise<void>,
): Promise<void> {
  const now = fixedNow();
  const started: EndpointServer[] = [];
  try {
    while (started.length < count) started.push(await startEndpointServer(now));
    await work(started as Servers<Count>);
  } finally {
    for (const { server } of started) await server.stop();
  }
}

/** Tells the first difference of each kind, with what is needed to see it again. */
export function describeEndpoints({ differences, rows }: EndpointsReport): string {
  const firsts = new Map(differences.toReversed().map((difference) => [difference.kind, difference]));
  const told = [...firsts.values()].map(({ kind, operation, person, time, expected, actual }) =>
    [
      `${kind}: ${differences.filter((other) => other.kind === kind).length} times; first by ${person}, ${time}`,
      `  ${JSON.stringify(operation)}`,
      `  as new:   ${expected.slice(0, 2_000)}`,
      `  repeated: ${actual.slice(0, 2_000)}`,
    ].join("\n"),
  );
  const different = rows.map((row) => `different rows: ${JSON.stringify(row).slice(0, 4_000)}`);
  return [...told, ...different].join("\n");
}
