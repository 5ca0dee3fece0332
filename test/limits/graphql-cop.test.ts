import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import pino from "pino";
import { loadConfig } from "../../src/config/config";
import { demoPeople } from "../../src/demo";
import { startServer } from "../../src/start/start-server";
import { makeTestDatabase } from "../support/test-database";
import { startTestServer, type TestServer } from "../support/test-server";
import { copChecks, findingsOverHttp, findingsOverSocket } from "./graphql-cop";
import { startOpenServer } from "./open-server";
import { schema } from "./operations";
import { PATIENT_WAITS } from "../support/patience";

describe("graphql-cop's thirteen checks, for an anonymous caller of a server in production", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ NODE_ENV: "production", PUBLIC_URL: "https://partners.example" });
  });
  afterAll(() => server.stop());

  it("find nothing over HTTP", async () => {
    expect(copChecks).toHaveLength(13);
    expect(await findingsOverHttp(`${server.url}/graphql`)).toEqual([]);
  });

  it("find nothing over HTTP with a token that is refused", async () => {
    expect(await findingsOverHttp(`${server.url}/graphql`, { authorization: "Bearer x.y.z" })).toEqual([]);
  });

  it("find nothing over WebSocket, with no token or a bad one", async () => {
    expect(await findingsOverSocket(`${server.url}/graphql`)).toEqual([]);
    expect(await findingsOverSocket(`${server.url}/graphql`, { authorization: "Bearer x.y.z" })).toEqual([]);
  });
});

it("they find only what signed-in callers of a server in production are meant to have", async () => {
  const database = await makeTestDatabase({ migrated: true });
  // No operator can have this, and it is a way to be signed in to production in a test.
  const config = { ...loadConfig({ ...database.environment, PORT: "0" }), production: true };
  const running = await startServer(config, pino({ level: "silent" }), { waits: PATIENT_WAITS });
  const token = await running.developmentIssuer?.sign(demoPeople["direct-admin"], 60);
  const authorization = `Bearer ${token}`;
  try {
    const meant = ["field_suggestions", "introspection"];
    // A GET with a good token is answered (urql sends that); no other page can send one.
    const meantOverHttp = [...meant, "get_method_support"];
    expect(await findingsOverHttp(`${running.url}/graphql`, { authorization })).toEqual(meantOverHttp);
    expect(await findingsOverSocket(`${running.url}/graphql`, { authorization })).toEqual(meant);
  } finally {
    await running.stop();
    await database.drop();
  }
});

describe("graphql-cop's checks as they are written here", () => {
  it("find in an ApolloServer as it comes what the tool itself finds there", async () => {
    const apollo = new ApolloServer({ schema, nodeEnv: "development" });
    const { url } = await startStandaloneServer(apollo, { listen: { port: 0, host: "127.0.0.1" } });
    const found = await findingsOverHttp(url);
    await apollo.stop();
    const five = [
      "alias_overloading",
      "directive_overloading",
      "field_duplication",
      "field_suggestions",
      "introspection",
    ];
    expect(found.sort()).toEqual(five);
  });

  it("find all thirteen weaknesses in a server that has them, and those of operations over WebSocket too", async () => {
    const open = await startOpenServer(schema);
    const overHttp = await findingsOverHttp(open.url);
    const overSocket = await findingsOverSocket(open.url);
    await open.stop();
    expect(overHttp).toEqual(copChecks.map(({ name }) => name));
    expect(overSocket.sort()).toEqual([
      "alias_overloading",
      "circular_query_introspection",
      "directive_overloading",
      "field_duplication",
      "field_suggestions",
      "introspection",
    ]);
  });
});
