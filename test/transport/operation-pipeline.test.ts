import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OPERATION_STEPS, type OperationRequest } from "../../src/transport/operation-pipeline";
import { openSocket } from "../live/socket";
import { EVENTS, openStream } from "../live/stream";
import { startTestServer, type TestServer } from "../support/test-server";

let server: TestServer;
let token: string;
let done: { step: string; endpoint: OperationRequest["endpoint"]; isKnown: boolean }[] = [];
beforeAll(async () => {
  server = await startTestServer({ LIMIT_ALIASES: "5" }, undefined, {
    onOperationStep: (step, { endpoint, known }) => {
      done.push({ step, endpoint, isKnown: known !== undefined });
    },
  });
  token = await server.token("direct-agent");
});
afterAll(() => server.stop());

interface Sent {
  query: string;
  variables?: object;
  operationName?: string;
}

/** Sends an operation to an endpoint, and waits for its first answer. */
type Send = (operation: Sent) => Promise<unknown>;

const headers = () => ({ "content-type": "application/json", authorization: `Bearer ${token}` });

const byPost: Send = async (operation) => {
  const answer = await fetch(`${server.url}/graphql`, {
    method: "POST",
    ...{ headers: headers(), body: JSON.stringify(operation) },
  });
  return answer.json();
};

const byGet: Send = async ({ query, variables, operationName }) => {
  const address = new URL("/graphql", server.url);
  address.searchParams.set("query", query);
  if (variables) address.searchParams.set("variables", JSON.stringify(variables));
  if (operationName) address.searchParams.set("operationName", operationName);
  const answer = await fetch(address, { headers: { ...headers(), "apollo-require-preflight": "1" } });
  return answer.json();
};

const bySocket: Send = async (operation) => {
  const raw = await openSocket(server, token);
  raw.send({ type: "subscribe", id: "1", payload: operation });
  const isAnswer = ({ type }: { type: string }) => type === "next" || type === "error";
  const isLive = operation.query.startsWith("subscription");
  if (isLive) await eventually(() => done.some(({ step }) => step === "turn"));
  else await raw.heard(isAnswer);
  raw.socket.terminate();
  return undefined;
};

const byStream: Send = async (operation) => {
  const stream = await openStream(server, { token, ...operation });
  if (!operation.query.startsWith("subscription")) await Promise.race([stream.heard(1), stream.over]);
  stream.hangUp();
  return undefined;
};

async function eventually(isSo: () => boolean): Promise<void> {
  for (const giveUpAt = performance.now() + 10_000; !isSo();) {
    if (performance.now() > giveUpAt) throw new Error("It did not become so in 10 s.");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The steps that an operation is taken through. */
async function stepsOf(send: Send, operation: Sent) {
  done = [];
  const answer = await send(operation);
  return { answer, steps: done.map(({ step }) => step), isKnown: done.some(({ isKnown }) => isKnown) };
}

const ENDPOINTS: [name: string, send: Send][] = [
  ["POST /graphql", byPost],
  ["GET /graphql", byGet],
  ["a WebSocket", bySocket],
  ["/graphql/stream", byStream],
];

const range = (length: number) => Array.from({ length }, (_, at) => at);

let unique = 0;
/** A document that no request has had before. */
const aQuery = () => `query New${unique++}($first: Int) { customers(first: $first) { totalCount } }`;

it("the steps are named, and the list is not changed without changing this test", () => {
  expect(OPERATION_STEPS).toEqual([
    "token",
    "actor",
    "address",
    "document",
    "operation",
    "variables",
    "limits",
    "turn",
  ]);
});

describe.each(ENDPOINTS)("an operation by %s", (name, send) => {
  it("is taken through every step once, in order, the first time and again and again", async () => {
    const query = aQuery();
    for (let times = 1; times <= 3; times++) {
      const { steps, isKnown } = await stepsOf(send, { query, variables: { first: 1 } });
      expect(steps).toEqual(OPERATION_STEPS);
      // The way of known operations is tried, not only that of new ones.
      if (name === "POST /graphql" && times === 3) expect(isKnown).toBe(true);
    }
  });

  it("is refused by the same step as everywhere", async () => {
    const refused: [last: string, operation: Sent][] = [
      ["document", { query: "query { noSuchField }" }],
      ["operation", { query: "query A { viewer { kind } } query B { viewer { kind } }", operationName: "C" }],
      ["variables", { query: aQuery(), variables: { first: 1, more: "\ud800" } }],
      [
        "limits",
        {
          query: `{ ${range(6)
            .map((at) => `a${at}: viewer { kind }`)
            .join(" ")} }`,
        },
      ],
    ];
    for (const [last, operation] of refused) {
      const { steps } = await stepsOf(send, operation);
      expect({ last, steps }).toEqual({
        last,
        steps: OPERATION_STEPS.slice(0, OPERATION_STEPS.indexOf(last as never) + 1),
      });
    }
  });
});

it.each([
  ["a WebSocket", bySocket],
  ["/graphql/stream", byStream],
])(
  "a live operation by %s is taken through the same steps, the first time and again",
  async (_name, send) => {
    for (let times = 1; times <= 2; times++)
      expect((await stepsOf(send, { query: EVENTS })).steps).toEqual(OPERATION_STEPS);
  },
);

it("somebody who is not signed in is taken through the same steps", async () => {
  const anonymous: Send = async (operation) => {
    const body = JSON.stringify(operation);
    return (
      await fetch(`${server.url}/graphql`, {
        method: "POST",
        ...{ headers: { "content-type": "application/json" }, body },
      })
    ).json();
  };
  const query = aQuery();
  for (let times = 1; times <= 2; times++)
    expect((await stepsOf(anonymous, { query })).steps).toEqual(OPERATION_STEPS);
});

it("nothing but the pipeline reads, measures, charges or lets in an operation", () => {
  const root = join(__dirname, "../../src");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const taking = files.filter((file) =>
    /\bguard\.(?:read|assess|admit|turn)\(/.test(readFileSync(join(root, file), "utf8")),
  );
  expect(taking).toEqual(["transport/operation-pipeline.ts"]);
});
