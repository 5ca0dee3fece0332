import { type DocumentNode, Kind, OperationTypeNode, print, visit } from "graphql";
import { buildApiSchema } from "../../src/transport/graphql/schema";
import { type RawRow, takeSnapshot } from "../isolation/snapshot";
import { type EndpointReport, kindOf } from "./compare-queries";
import { Coverage } from "./coverage";
import { type EndpointServer, PEOPLE } from "./endpoint-server";
import { type GeneratedOperation, OperationGenerator } from "./operation-generator";
import { Random } from "./random";
import { asNew, type SentOperation, type TextAnswer } from "./repeated-requests";

/** What mutations did to both databases. */
export interface MutationReport extends EndpointReport {
  /** Rows that only one of two databases has, by table, as texts. */
  rows: { table: string; onlyNew: string[]; onlyRepeated: string[] }[];
}

/** Two servers with the same rows: one gets each text as a new one, the other as a repeated one. */
export interface MutationServers {
  asNewOnes: EndpointServer;
  asRepeated: EndpointServer;
}

/**
 * Sends the same random mutations to two servers, to one with texts that are all new to it, to the other repeated, and
 * compares answers and then all rows. Every operation is sent several times, with the same variables and with others.
 */
export async function compareMutations(
  servers: MutationServers,
  { seed, operations }: { seed: number; operations: number },
): Promise<MutationReport> {
  const schema = buildApiSchema();
  const generatorFor = ({ data }: EndpointServer) =>
    new OperationGenerator(schema, new Coverage(schema), seed, {
      kinds: [OperationTypeNode.MUTATION],
      samples: data.samples,
    });
  const { asNewOnes, asRepeated } = servers;
  const [newOnes, repeated] = [generatorFor(asNewOnes), generatorFor(asRepeated)];
  const report: MutationReport = { operations: 0, answered: 0, differences: [], rows: [] };
  for (let number = 0; report.operations < operations; number++) {
    const pairs = [newOnes.operations(number), repeated.operations(number)] as const;
    const person = new Random(seed, number, "person").pick(PEOPLE.slice(0, 3));
    for (const [at, forNew] of pairs[0].entries()) {
      report.operations++;
      const forRepeated = pairs[1][at];
      if (!forRepeated) throw new Error("Both servers get the same operations.");
      const steps = [stepsOf(forNew), stepsOf(forRepeated)] as const;
      for (const [time, operation] of steps[0].entries()) {
        const [expected, actual] = [
          await send(asNewOnes, person, asNew(operation)),
          await send(asRepeated, person, steps[1][time]),
        ];
        if (!expected.errors) report.answered++;
        if (expected.text === actual.text) continue;
        const told = { expected: expected.text, actual: actual.text };
        const kind = kindOf(expected, actual);
        report.differences.push({ ...told, kind, operation, person, time: `${time + 1}` });
      }
    }
  }
  report.rows = await differentRows(servers);
  return report;
}

/** An answer without what is different on each server; ids in it are kept for later operations. */
async function send(
  { as, data }: EndpointServer,
  person: string,
  operation: SentOperation,
): Promise<TextAnswer> {
  const answer = await (await as(person)).send(operation);
  data.learn(answer.text);
  const text = data.normalized(answer.text);
  const json = /^\d+ (\{.*)$/s.exec(text)?.[1] ?? "{}"; // A request that was not answered has none.
  return { ...(JSON.parse(json) as object), text };
}

function stepsOf({ document, operationName, valid, invalid }: GeneratedOperation): SentOperation[] {
  const query = print(withoutRandomFields(document));
  const [first, second, third] = valid;
  return [first, first, second, invalid[0], third, first].map((variables) => ({
    query,
    operationName,
    variables: variables ?? {},
  }));
}

/** What is made at random and short: it cannot be told from other texts in an answer. */
function withoutRandomFields(document: DocumentNode): DocumentNode {
  return visit(document, {
    Field: (node) => {
      if (!/^(lastCharacters)$/.test(node.name.value)) return undefined;
      const alias = node.alias ?? node.name;
      return { ...node, alias, name: { kind: Kind.NAME, value: "__typename" } };
    },
  });
}

async function differentRows({ asNewOnes, asRepeated }: MutationServers): Promise<MutationReport["rows"]> {
  const [wanted, got] = [await rowTexts(asNewOnes), await rowTexts(asRepeated)];
  return [...wanted].flatMap(([table, rows]) => {
    const others = got.get(table) ?? [];
    const onlyNew = without(rows, others);
    const onlyRepeated = without(others, rows);
    return onlyNew.length + onlyRepeated.length > 0 ? [{ table, onlyNew, onlyRepeated }] : [];
  });
}

async function rowTexts({ server, data }: EndpointServer): Promise<Map<string, string[]>> {
  const snapshot = await takeSnapshot(server.running.services.database);
  return new Map([...snapshot].map(([table, rows]) => [table, rows.map((row) => rowText(row, data))]));
}

function rowText(row: RawRow, data: EndpointServer["data"]): string {
  const told = Object.entries(row).filter(([name]) => !NOT_COMPARED.test(name));
  return data.normalized(JSON.stringify(Object.fromEntries(told)));
}

/** Made at random, or made of what is. */
const NOT_COMPARED = /hash|secret|lastCharacters|sealed|fingerprint/i;

function without(texts: string[], others: string[]): string[] {
  const left = [...others];
  return texts.filter((text) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
