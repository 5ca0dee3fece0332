import { connect } from "node:net";
import { WebSocket } from "ws";
import { startTestServer, type TestServer } from "../support/test-server";

let server: TestServer;
let authorization: string;
beforeAll(async () => {
  server = await startTestServer();
  authorization = `Bearer ${await server.token("direct-agent")}`;
});
afterAll(() => server.stop());

const CREATE = `mutation ($input: CreateCustomerInput!) {
  createCustomer(input: $input) { customer { companyName } userErrors { code field message } } }`;
const LIST = "query ($filter: CustomerFilter) { customers(filter: $filter) { totalCount } }";

const bodyFor = (companyName: string, domain = "bakery.example") =>
  JSON.stringify({
    query: CREATE,
    variables: { input: { companyName, domain, country: "US", contactEmail: "ann@bakery.example" } },
  });

async function post(body: Buffer, contentType = "application/json") {
  const headers = { "content-type": contentType, authorization };
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers,
    body: new Uint8Array(body),
  });
  return { status: response.status, text: await response.text() };
}

/** The status line and body that raw bytes on a connection are answered with. */
function exchange(bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setEncoding("utf8").on("data", (text: string) => (answer += text));
    socket.on("end", () => resolve(answer)).on("error", reject);
  });
}

const nothingDamagedIsStored = async () => {
  const rows = await server.running.services.database.read((reads) =>
    reads.rows("SELECT companyName FROM customer WHERE companyName LIKE ?", ["%\uFFFD%"]),
  );
  expect(rows).toEqual([]);
};

describe("a body", () => {
  it.each<[string, Buffer, RegExp]>([
    [
      "in Latin-1, as Windows PowerShell sends it",
      Buffer.from(bodyFor("Café"), "latin1"),
      /0xE9 on line 1.*Latin-1.*UTF-8/,
    ],
    ["in UTF-16", Buffer.from(`\uFEFF${bodyFor("Café")}`, "utf16le"), /UTF-16, not UTF-8/],
    [
      "cut in a character",
      Buffer.from(bodyFor("Café")).subarray(0, bodyFor("Caf").indexOf("Caf") + 4),
      /not UTF-8/,
    ],
  ])("%s is refused, and the message says what to do", async (_what, body, message) => {
    const { status, text } = await post(body);
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({
      errors: [{ message: expect.stringMatching(message) as string, extensions: { code: "BAD_REQUEST" } }],
    });
    await nothingDamagedIsStored();
  });

  it.each(["iso-8859-1", "windows-1252", "UTF-16"])(
    "that says it is %s is refused with 415",
    async (charset) => {
      const { status, text } = await post(
        Buffer.from(bodyFor("Plain")),
        `application/json; charset="${charset}"`,
      );
      expect(status).toBe(415);
      expect(text).toContain("not in another charset. Send UTF-8");
    },
  );

  it.each(["application/json; charset=utf-8", 'application/json;charset="UTF-8"', "application/json"])(
    "in UTF-8 with a byte order mark is taken as %s, and stored as it is",
    async (contentType) => {
      const domain = `cafe-${contentType.length}.example`;
      const { status, text } = await post(
        Buffer.from(`\uFEFF${bodyFor("Café 🧁 日本", domain)}`),
        contentType,
      );
      expect([status, text]).toEqual([200, expect.stringContaining('"companyName":"Café 🧁 日本"')]);
    },
  );
});

describe("an address", () => {
  it.each<[string, Buffer, string]>([
    ["percent-encoded Latin-1", Buffer.from("%E9"), "percent-encoded UTF-8"],
    ["half of a character, percent-encoded", Buffer.from("%ED%A0%80"), "percent-encoded UTF-8"],
    ["a percent sign of its own", Buffer.from("100%"), "percent-encoded UTF-8"],
    ["bytes of Latin-1", Buffer.from("é", "latin1"), "valid HTTP/1.1 request"],
    ["bytes of UTF-8 that are not encoded", Buffer.from("é"), "valid HTTP/1.1 request"],
  ])("with %s is refused at every endpoint", async (_what, value, message) => {
    for (const path of [
      "/graphql?query={__typename}&variables=",
      "/graphql/stream?query=",
      "/activity-log.csv?companyName=",
    ]) {
      const head = Buffer.from(`GET ${path}`);
      const rest = Buffer.from(
        ` HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: ${authorization}\r\naccept: */*\r\napollo-require-preflight: 1\r\n\r\n`,
      );
      const answer = await exchange(Buffer.concat([head, value, rest]));
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain(message);
    }
  });

  it("in percent-encoded UTF-8 is read as it is meant", async () => {
    const variables = encodeURIComponent(JSON.stringify({ filter: { companyNameStartsWith: "Café 🧁" } }));
    const headers = { authorization, "apollo-require-preflight": "1" };
    const address = `${server.url}/graphql?query=${encodeURIComponent(LIST)}&variables=${variables}`;
    const answer = await fetch(address, { headers });
    expect(await answer.json()).toMatchObject({ data: { customers: { totalCount: 3 } } });
  });
});

describe("half of a character in a variable", () => {
  const filter = '{"filter":{"companyNameStartsWith":"x\\ud800"}}';
  const refusal = {
    message: expect.stringMatching(/filter\.companyNameStartsWith holds half of a character/) as string,
    extensions: { code: "BAD_REQUEST", field: "filter.companyNameStartsWith" },
  };

  it("is refused in a body and in an address, the field named", async () => {
    for (let times = 0; times < 3; times++) {
      const body = `{"query":${JSON.stringify(LIST)},"variables":${filter}}`;
      expect(JSON.parse((await post(Buffer.from(body))).text)).toMatchObject({ errors: [refusal] });
      const headers = { authorization, "apollo-require-preflight": "1" };
      const query = `query=${encodeURIComponent(LIST)}&variables=${encodeURIComponent(filter)}`;
      const answer = await fetch(`${server.url}/graphql?${query}`, { headers });
      expect(await answer.json()).toMatchObject({ errors: [refusal] });
    }
  });

  it("is refused on a WebSocket, and a frame that is not UTF-8 closes the connection (RFC 6455, section 8.1)", async () => {
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    const messages: string[] = [];
    const heard = (type: string) =>
      new Promise<string>((resolve) => {
        socket.on("message", (data: Buffer) => {
          messages.push(data.toString());
          if (data.toString().includes(`"type":"${type}"`)) resolve(data.toString());
        });
      });
    await new Promise((resolve) => socket.once("open", resolve));
    const acknowledged = heard("connection_ack");
    socket.send(JSON.stringify({ type: "connection_init", payload: { authorization } }));
    await acknowledged;
    const failed = heard("error");
    socket.send(
      `{"id":"1","type":"subscribe","payload":{"query":${JSON.stringify(LIST)},"variables":${filter}}}`,
    );
    expect(JSON.parse(await failed)).toMatchObject({ payload: [refusal] });
    const closed = new Promise((resolve) => socket.once("close", resolve));
    // graphql-ws reports it on the console.
    jest.spyOn(console, "error").mockImplementationOnce(() => undefined);
    socket.send(Buffer.from('{"id":"2","type":"ping","payload":{"x":"é"}}', "latin1"), { binary: false });
    expect(await closed).toBe(1007);
  });

  it("is refused in a mutation's text, and in the document itself", async () => {
    const body = bodyFor("Bakery X").replace("Bakery X", "Bakery \\udc00");
    expect(JSON.parse((await post(Buffer.from(body))).text)).toMatchObject({
      errors: [{ extensions: { code: "BAD_REQUEST", field: "input.companyName" } }],
    });
    const literal = '{ customers(filter: { companyNameStartsWith: \\"x\\ud800\\" }) { totalCount } }';
    expect((await post(Buffer.from(`{"query":"${literal}"}`))).text).toMatch(/BAD_REQUEST/);
    await nothingDamagedIsStored();
  });
});
