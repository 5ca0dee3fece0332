import { OperationTypeNode, print } from "graphql";
import { buildApiSchema } from "../../src/transport/graphql/schema";
import { Coverage } from "./coverage";
import { canBeBetween, dataDifference } from "./differences";
import { type EndpointServer, PEOPLE } from "./endpoint-server";
import type { GeneratedOperation } from "./operation-generator";
import { OperationGenerator } from "./operation-generator";
import { Random } from "./random";
import { asNew, type SentOperation, type TextAnswer } from "./repeated-requests";
import { byGet, byPost, bySocket, byStream, type Transport } from "./transports";

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

/** Sends random queries as new and as repeated ones, over HTTP, WebSocket and SSE, with other variables and people in between. */
export async function compareQueries(
  endpoint: EndpointServer,
  { seed, operations }: { seed: number; operations: number },
): Promise<EndpointReport> {
  const schema = buildApiSchema();
  const options = { kinds: [OperationTypeNode.QUERY], samples: endpoint.data.samples };
  const generator = new OperationGenerator(schema, new Coverage(schema), seed, options);
  const report: EndpointReport = { operations: 0, answered: 0, differences: [] };
  for (let number = 0; report.operations < operations; number++) {
    for (const generated of generator.operations(number)) {
      report.operations++;
      const random = new Random(seed, number, "people");
      const [person, other] = random.shuffled(PEOPLE) as [string, string];
      for (const step of stepsOf(generated, person, other)) {
        const sendBy = (sent: SentOperation) => step.transport(endpoint, step.person, sent);
        const before = await sendBy(asNew(step.operation));
        const actual = await sendBy(step.operation);
        if (!before.errors) report.answered++;
        if (actual.text === before.text) continue;
        // Something may have changed by itself in the meantime.
        const after = await sendBy(asNew(step.operation));
        if (actual.text === after.text) continue;
        if (canBeBetween(withoutText(before), withoutText(actual), withoutText(after))) continue;
        report.differences.push({
          ...{ operation: step.operation, person: step.person, time: step.time },
          kind: kindOf(before, actual),
          expected: before.text,
          actual: actual.text,
        });
      }
    }
  }
  return report;
}

function withoutText({ text: _text, ...answer }: TextAnswer): object {
  return answer;
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
  transport: Transport;
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
  const [first, second, third] = valid.map(sent);
  const wrong = sent(invalid[0]);
  const steps: [SentOperation | undefined, string, string, Transport][] = [
    [first, person, "1st", byPost],
    [first, person, "2nd", byPost],
    [second, other, "3rd, by another person", byPost],
    [wrong, person, "4th, with wrong variables", byPost],
    [first, person, "5th", byPost],
    [third, person, "6th, by GET", byGet],
    [first, person, "7th, over WebSocket", bySocket],
    [wrong, person, "8th, over WebSocket", bySocket],
    [third, person, "9th, over SSE", byStream],
  ];
  return steps.flatMap(([operation, by, time, transport]) =>
    operation ? [{ operation, person: by, time, transport }] : [],
  );
}
