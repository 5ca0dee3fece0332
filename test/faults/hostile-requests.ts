import { OperationTypeNode } from "graphql";
import { schema } from "../limits/operations";
import { Coverage } from "../execution/coverage";
import { OperationGenerator } from "../execution/operation-generator";
import { Random } from "../execution/random";
import type { VariableValues } from "../execution/variable-values";

/** One HTTP request as it is written to a connection. */
export interface RawRequest {
  bytes: Buffer;
  /** Whether there is no end to wait for: it asks for a stream, or is not as long as it says. */
  isEndless: boolean;
}

const QUERY_AND_MUTATION = [OperationTypeNode.QUERY, OperationTypeNode.QUERY, OperationTypeNode.MUTATION];

/** Texts that have confused parsers, databases and spreadsheets elsewhere. */
const ODD_TEXTS = [
  ...["", "\0", "\u202e", "\ufeff", "\ud800", "\\ud800", "__proto__", "constructor", "=1+1", "'; --", '"'],
  ...["%00", "%c0%ae", "../../etc/passwd", "<script>", "${7*7}", "{{7*7}}", "\r\nX: 1", "NaN", "1e999"],
  ...["-0", "9".repeat(400), "é".repeat(300), "x".repeat(9_999), "😀".repeat(2_000), "[".repeat(3_000)],
];

const ODD_VALUES: (() => unknown)[] = [
  () => null,
  () => true,
  () => -1,
  () => 1e308,
  () => [],
  () => ({}),
  () => [[[[[[]]]]]],
  () => ({ a: { b: { c: {} } } }),
  () => Array.from({ length: 2_000 }, () => null),
  () => JSON.parse('{"__proto__": {"x": 1}}') as unknown,
];

const ODD_HEADERS = [
  ...[
    "Authorization: Bearer",
    "Authorization: Basic eDp5",
    "Authorization: Bearer a.b.c",
    "Authorization: ,",
  ],
  ...[
    "Accept: */*;q=x",
    "Accept: application/graphql-response+json",
    "Accept: \x7f",
    "Accept: text/event-stream",
  ],
  ...[
    "Accept-Encoding: \xff\xfe",
    "X-Request-Id: \x01",
    "X-Forwarded-For: ::1%eth0, 1.2.3.4:5, ,,",
    "Host: a b",
  ],
  ...[
    "Host: [::1",
    "Expect: 100-continue",
    "Expect: everything",
    "Transfer-Encoding: chunked, gzip",
    "TE: trailers",
  ],
  ...[
    "Connection: upgrade",
    "Upgrade: h2c",
    "Content-Encoding: br",
    "Last-Event-ID: \xe9",
    "Origin: null",
    "Cookie: =",
  ],
  ...[
    "Range: bytes=0-0",
    "If-None-Match: *",
    `X-Long: ${"y".repeat(9_000)}`,
    "apollo-require-preflight: 1",
    " folded: 1",
  ],
];

const TYPES = [
  ...["application/json", "application/json; charset=utf-16", "application/json;charset=", "text/plain"],
  ...[
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/graphql",
    "",
    "\xff",
  ],
];

const PATHS = ["/graphql", "/graphql/stream", "/activity-log.csv", "/healthz", "/explorer", "/i", "/"];
const METHODS = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "QUERY", "x", ""];

/** Makes requests of every wrong kind at random: the same seed and number make the same request. */
export class HostileRequests {
  private readonly generator: OperationGenerator;

  constructor(
    private readonly seed: number,
    private readonly authorization: string,
  ) {
    this.generator = new OperationGenerator(schema, new Coverage(schema), seed, {
      kinds: QUERY_AND_MUTATION,
    });
  }

  /** A generated operation: with valid or invalid variables, or with a text that was damaged. */
  operation(number: number): RawRequest {
    const random = new Random(this.seed, "operation", number);
    const [made] = this.generator.operations(number);
    const values = random.pick<VariableValues>([...(made?.valid ?? []), ...(made?.invalid ?? []), {}]);
    const variables = random.chance(0.2) ? this.damagedValue(random, values) : values;
    const text = made?.text ?? "{";
    const query = random.chance(0.4) ? damagedText(random, text) : text;
    return this.post(random, JSON.stringify({ query, variables, operationName: made?.operationName }));
  }

  /** A body that is no operation, or no JSON, or no text, or not of the length that was said. */
  body(number: number): RawRequest {
    const random = new Random(this.seed, "body", number);
    const json = JSON.stringify(
      random.pick<unknown>([
        { query: random.pick(ODD_TEXTS), variables: random.pick(ODD_VALUES)() },
        { query: "{ __typename }", variables: { [random.pick(ODD_TEXTS)]: random.pick(ODD_TEXTS) } },
        { query: random.pick(ODD_VALUES)(), extensions: random.pick(ODD_VALUES)() },
        { documentId: random.pick(ODD_TEXTS), operationName: random.pick(ODD_TEXTS) },
        [{ query: "{ __typename }" }],
        random.pick(ODD_VALUES)(),
        random.pick(ODD_TEXTS),
      ]),
    );
    const body = random.pick<() => Buffer>([
      () => Buffer.from(json),
      () => damagedBytes(random, Buffer.from(json)),
      () => Buffer.from(json, "latin1"),
      () => Buffer.from(json, "utf16le"),
      () => Buffer.from("[".repeat(random.below(60_000))),
      () => Buffer.from(`{"query":"${"a".repeat(random.below(270_000))}"`),
      () => bytes(random, random.below(5_000)),
    ])();
    const type = random.chance(0.8) ? "application/json" : random.pick(TYPES);
    const length = random.chance(0.05) ? body.length + random.below(3) - 1 : body.length;
    return this.request(random, {
      method: "POST",
      target: "/graphql",
      body,
      length,
      type,
    });
  }

  /** Headers, methods, addresses and versions that a client would not send. */
  head(number: number): RawRequest {
    const random = new Random(this.seed, "head", number);
    const more = Array.from({ length: random.below(4) }, () => random.pick(ODD_HEADERS));
    const odd = encodeURI(wellFormed(random.pick(ODD_TEXTS).slice(0, 500)));
    const target = random.pick([
      ...[
        `${random.pick(PATHS)}`,
        `${random.pick(PATHS)}?query=${odd}`,
        `${random.pick(PATHS)}#${odd}`,
        "*",
        "//",
      ],
      ...[
        `http://elsewhere.example${random.pick(PATHS)}`,
        `/graphql?query={__typename}&query=x`,
        `/%zz`,
        `/graphql/%2e`,
      ],
    ]);
    const version = random.pick(["HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9", ""]);
    const body = Buffer.from('{"query":"{ __typename }"}');
    const type = random.pick(TYPES);
    return this.request(random, { method: random.pick(METHODS), target, version, body, more, type });
  }

  /** A query of the activity log's file. */
  csv(number: number): RawRequest {
    const random = new Random(this.seed, "csv", number);
    const names = [
      "from",
      "to",
      "customerId",
      "operation",
      "actorId",
      "companyName",
      "outcome",
      "nothing",
      "__proto__",
    ];
    const pairs = Array.from({ length: random.below(5) }, () => {
      const value = random.pick([...ODD_TEXTS, "2026-02-30T00:00:00Z", "2026-11-21T10:00:00Z", "REFUSED"]);
      return `${random.pick(names)}=${encodeURIComponent(wellFormed(value.slice(0, 2_000)))}`;
    });
    const target = `/activity-log.csv?${pairs.join(random.pick(["&", "&&", ";", "&="]))}`;
    return this.request(random, { method: "GET", target });
  }

  /** A request for a stream of server-sent events that is wrong, or that is hung up on at once. */
  stream(number: number): RawRequest {
    const random = new Random(this.seed, "stream", number);
    const query = random.pick([
      ...[
        "subscription { events { position } }",
        "subscription { events @skip(if: true) { position } }",
        "{",
      ],
      ...[
        "subscription { a: events { id } b: events { id } }",
        "query { viewer { kind } }",
        "mutation { nothing }",
      ],
    ]);
    const body = Buffer.from(JSON.stringify({ query, variables: random.pick(ODD_VALUES)() }));
    const more = [
      random.pick(["Accept: text/event-stream", "Accept: text/html", "Accept: text/event-stream;q=0"]),
      `Last-Event-ID: ${random.pick(["", "x", "A".repeat(200), "\xff"])}`,
    ];
    const type = random.chance(0.8) ? "application/json" : random.pick(TYPES);
    return this.request(random, { method: "POST", target: "/graphql/stream", body, more, type });
  }

  private post(random: Random, json: string): RawRequest {
    const body = Buffer.from(json);
    return this.request(random, { method: "POST", target: "/graphql", body, type: "application/json" });
  }

  private request(
    random: Random,
    {
      method,
      target,
      version = "HTTP/1.1",
      body = Buffer.alloc(0),
      length = body.length,
      type = "",
      more = [],
    }: {
      method: string;
      target: string;
      version?: string;
      body?: Buffer;
      length?: number;
      type?: string;
      more?: string[];
    },
  ): RawRequest {
    const lines = [
      `${method} ${target} ${version}`,
      "Host: localhost",
      "Connection: close",
      ...(random.chance(0.85) ? [`Authorization: ${this.authorization}`] : []),
      ...(type ? [`Content-Type: ${type}`] : []),
      ...(body.length > 0 ? [`Content-Length: ${length}`] : []),
      ...more,
    ];
    const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
    const isEndless = target.startsWith("/graphql/stream") || length !== body.length;
    return { bytes: Buffer.concat([head, body]), isEndless };
  }

  /** The same values, with one of them replaced by something else. */
  private damagedValue(random: Random, values: VariableValues): VariableValues {
    const names = Object.keys(values);
    if (names.length === 0) return values;
    const odd = random.chance(0.5) ? random.pick(ODD_TEXTS) : random.pick(ODD_VALUES)();
    return { ...values, [random.pick(names)]: odd };
  }
}

/** A text without halves of characters, which no address can hold. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

/** A text with a few places changed: something left out, written twice, exchanged, or put in. */
export function damagedText(random: Random, text: string): string {
  let damaged = text;
  for (let times = 1 + random.below(3); times > 0; times--) {
    const [at, length] = [random.below(damaged.length + 1), random.below(20)];
    const [before, part, after] = [
      damaged.slice(0, at),
      damaged.slice(at, at + length),
      damaged.slice(at + length),
    ];
    const put = random.pick([
      "",
      part + part,
      random.pick(ODD_TEXTS),
      random.pick([...'{}()[]:!$@.&|"#,=\n']),
    ]);
    damaged = before + put + after;
  }
  return damaged;
}

/** Bytes with a few of them changed, or the end cut off. */
export function damagedBytes(random: Random, whole: Buffer): Buffer {
  const damaged = Buffer.from(whole);
  for (let times = random.below(4); times > 0 && damaged.length > 0; times--)
    damaged[random.below(damaged.length)] = random.below(256);
  return random.chance(0.3) ? damaged.subarray(0, random.below(damaged.length + 1)) : damaged;
}

/** So many random bytes. */
export function bytes(random: Random, count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, () => random.below(256)));
}
