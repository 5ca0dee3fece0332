import WebSocket from "ws";

/** What a check sends, and by what answer it finds fault: the thirteen checks of graphql-cop 1.15. */
export interface CopCheck {
  name: string;
  /** The request as it goes over HTTP. */
  request: { method: "GET" | "POST"; query?: string; json?: unknown; form?: string; accept?: string };
  /** Whether the answer shows the weakness. */
  fires(answer: CopAnswer): boolean;
}

/** An answer as the checks look at it. */
export interface CopAnswer {
  text: string;
  /** Nothing where the answer is no JSON. */
  json?: CopJson;
}

interface CopJson {
  data?: Record<string, unknown> & { __schema?: { types?: unknown[] } };
  errors?: { message: string; extensions?: Record<string, unknown> }[];
  extensions?: Record<string, unknown>;
  length?: number;
}

const TYPENAME = "query cop { __typename }";

function asked(query: string): CopCheck["request"] {
  return { method: "POST", json: { query, operationName: "cop" } };
}

const answersTypename = ({ json }: CopAnswer) => Boolean(json?.data?.__typename);

/** The checks, in the order of the tool's own list. */
export const copChecks: CopCheck[] = [
  {
    name: "field_suggestions",
    request: asked("query cop { __schema { directive } }"),
    fires: ({ json }) => json?.errors?.some(({ message }) => message.includes("Did you mean")) ?? false,
  },
  {
    name: "introspection",
    request: asked("query cop { __schema { types { name fields { name } } } }"),
    fires: ({ json }) => Boolean(json?.data?.__schema?.types),
  },
  {
    name: "detect_graphiql",
    request: { method: "GET", accept: "text/html" },
    fires: ({ text }) => /graphiql\.min\.css|GraphQL Playground|GraphiQL|graphql-playground/.test(text),
  },
  {
    name: "get_method_support",
    request: { method: "GET", query: TYPENAME },
    fires: answersTypename,
  },
  {
    name: "alias_overloading",
    request: asked(
      `query cop { ${Array.from({ length: 101 }, (_, at) => `alias${at}:__typename \n`).join("")} }`,
    ),
    fires: ({ json }) => Boolean(json?.data?.alias100),
  },
  {
    name: "batch_query",
    request: {
      method: "POST",
      json: Array.from({ length: 10 }, () => ({ query: TYPENAME, operationName: "cop" })),
    },
    fires: ({ json }) => (json?.length ?? 0) >= 10,
  },
  {
    name: "trace_mode",
    request: asked(TYPENAME),
    fires: ({ json }) => Boolean(json?.extensions?.tracing),
  },
  {
    name: "directive_overloading",
    request: asked(`query cop { __typename ${"@aa".repeat(10)} }`),
    fires: ({ json }) => json?.errors?.length === 10,
  },
  {
    name: "circular_query_introspection",
    request: asked(
      "query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }",
    ),
    fires: ({ json }) => (json?.data?.__schema?.types?.length ?? 0) > 25,
  },
  {
    name: "get_based_mutation",
    request: { method: "GET", query: "mutation cop { __typename }" },
    fires: answersTypename,
  },
  {
    name: "post_based_csrf",
    request: { method: "POST", form: `query=${encodeURIComponent(TYPENAME)}` },
    fires: answersTypename,
  },
  {
    name: "unhandled_error_detection",
    request: asked("qwerty cop { abc }"),
    fires: ({ json }) => json?.errors?.some(({ extensions }) => extensions?.exception !== undefined) ?? false,
  },
  {
    name: "field_duplication",
    request: asked(`query cop { ${"__typename \n".repeat(500)} }`),
    fires: answersTypename,
  },
];

/** The names of the checks that fire at an address, over HTTP. */
export async function findingsOverHttp(url: string, headers: Record<string, string> = {}): Promise<string[]> {
  const found: string[] = [];
  for (const { name, request, fires } of copChecks) {
    const { method, query, json, form, accept } = request;
    const type = form === undefined ? "application/json" : "application/x-www-form-urlencoded";
    const response = await fetch(query === undefined ? url : `${url}?query=${encodeURIComponent(query)}`, {
      method,
      headers: { ...headers, ...(accept && { accept }), ...(method === "POST" && { "content-type": type }) },
      body: method === "POST" ? (form ?? JSON.stringify(json)) : undefined,
    });
    const text = await response.text();
    if (fires({ text, json: jsonIn(text) })) found.push(name);
  }
  return found;
}

/** The same over WebSocket, with the checks that are an operation or a list of them. */
export async function findingsOverSocket(url: string, connectionParams?: object): Promise<string[]> {
  const found: string[] = [];
  for (const { name, request, fires } of copChecks) {
    if (request.json === undefined) continue;
    const text = await firstAnswer(url.replace("http", "ws"), request.json, connectionParams);
    if (fires({ text, json: jsonIn(text) })) found.push(name);
  }
  return found;
}

/** What a socket answers to one operation; the empty text when it is closed instead. */
function firstAnswer(url: string, payload: unknown, connectionParams: object | undefined): Promise<string> {
  const socket = new WebSocket(url, "graphql-transport-ws");
  const send = (message: object) => socket.send(JSON.stringify(message));
  return new Promise<string>((resolve) => {
    socket.on("open", () => send({ type: "connection_init", payload: connectionParams }));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(""));
    socket.on("message", (bytes: Buffer) => {
      const { type, payload: answer } = JSON.parse(bytes.toString()) as { type: string; payload?: unknown };
      if (type === "connection_ack") send({ type: "subscribe", id: "cop", payload });
      if (type === "next") resolve(JSON.stringify(answer));
      if (type === "error") resolve(JSON.stringify({ errors: answer }));
    });
  }).finally(() => socket.close());
}

function jsonIn(text: string): CopJson | undefined {
  try {
    return JSON.parse(text) as CopJson;
  } catch {
    return undefined;
  }
}
