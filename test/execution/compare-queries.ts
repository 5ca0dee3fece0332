import { OperationTypeNode, print } from "graphql";
import { buildApiSchema } from "../../src/server/graphql/schema";
import { Coverage } from "./coverage";
import { dataDifference } from "./differences";
import { type EndpointServer, PEOPLE } from "./endpoint-server";
import type { GeneratedOperation } from "./operation-generator";
import { OperationGenerator } from "./operation-generator";
import { Random } from "./random";
import type { SentOperation, TextAnswer } from "./repeated-requests";

/** An operation that an endpoint answered differently when it was repeated. */
export interface EndpointDifference {
  kind: string;
  operation: SentOperation;
  /** Who sent it, and at which time of its text. */
  person: string;
  time: string;
  expected: string;
  actual: string;
}

/** What a comparison over an endpoint did and found. */
export interface EndpointReport {
  operations: number;
  /** How many of them were answered with data and without an error. */
  answered: number;
  differences: EndpointDifference[];
}

/** Sends random queries as new and as repeated ones, by POST and GET, with other variables and people in between. */
export async function compareQueries(
  { as, data }: EndpointServer,
  { seed, operations }: { seed: number; operations: number },
): Promise<EndpointReport> {
  const schema = buildApiSchema();
  const options = { kinds: [OperationTypeNode.QUERY], samples: data.samples };
  const generator = new OperationGenerator(schema, new Coverage(schema), seed, options);
  const report: EndpointReport = { operations: 0, answered: 0, differences: [] };
  for (let number = 0; report.operations < operations; number++) {
    for (const generated of generator.operations(number)) {
      report.operations++;
      const random = new Random(seed, number, "people");
      const [person, other] = random.shuffled(PEOPLE) as [string, string];
      for (const step of stepsOf(generated, person, other)) {
        const requests = await as(step.person);
        const before = await requests.sendAsNew(step.operation);
        const actual = await requests.send(step.operation, step.isGet ? { method: "GET" } : {});
        if (!before.errors) report.answered++;
        if (actual.text === before.text) continue;
        // Something may have changed by itself in the meantime.
        const after = await requests.sendAsNew(step.operation);
        if (actual.text === after.text) continue;
        report.differences.push({
          ...step,
          kind: kindOf(before, actual),
          expected: before.text,
          actual: actual.text,
        });
      }
    }
  }
  return report;
}

/** What kind of difference there is between two answers. */
export function kindOf(expected: TextAnswer, actual: TextAnswer): string {
  const told = { expected, actual };
  const difference = dataDifference(expected, actual, told);
  if (difference) return difference.kind;
  return expected.errors?.length === actual.errors?.length ? "errors" : "number of errors";
}

interface Step {
  operation: SentOperation;
  person: string;
  time: string;
  isGet?: boolean;
}

/** The 1st, 2nd and 5th time with the same variables, and other variables and people in between. */
function stepsOf(
  { document, operationName, valid, invalid }: GeneratedOperation,
  person: string,
  other: string,
): Step[] {
  // Printed: graphql-js tells places in the text, which must be the same for both.
  const query = print(document);
  const sent = (variables: object | undefined) => ({ query, operationName, variables: variables ?? {} });
  return [
    { operation: sent(valid[0]), person, time: "1st" },
    { operation: sent(valid[0]), person, time: "2nd" },
    { operation: sent(valid[1]), person: other, time: "3rd, by another person" },
    { operation: sent(invalid[0]), person, time: "4th, with wrong variables" },
    { operation: sent(valid[0]), person, time: "5th" },
    { operation: sent(valid[2]), person, time: "6th, by GET", isGet: true },
  ];
}
