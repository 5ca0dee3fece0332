import { execFile } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { chmodSync, copyFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import libsql from "libsql";
import WebSocket from "ws";
import { post } from "../api/at-the-endpoint";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { buildProgram, type Program } from "./program";

const PEOPLE = [
  "direct-admin",
  "direct-agent",
  "direct-sales",
  "direct-helpdesk",
  "provider-admin",
  "provider-agent",
  "reseller-admin",
  "reseller-agent",
  "customer-admin-1",
  "customer-admin-2",
];

let program: Program;
let database: TestDatabase;
let environment: Record<string, string>;
beforeAll(async () => {
  program = await buildProgram();
});
afterAll(() => program.remove());
beforeEach(async () => {
  database = await makeTestDatabase();
  environment = { ...database.environment, PORT: "0" };
});
afterEach(() => database.drop());

/** The database file alone, in a folder of its own. */
function copyOf({ folder }: TestDatabase): string {
  const copy = join(folder, "copy", "partnergraph.sqlite");
  mkdirSync(dirname(copy));
  copyFileSync(join(folder, "partnergraph.sqlite"), copy);
  return copy;
}

function customersIn(file: string): number {
  const [{ n } = { n: 0 }] = new libsql(file).prepare("SELECT COUNT(*) AS n FROM customer").all([]) as {
    n: number;
  }[];
  return n;
}

const tokenIn = (stdout: string, person: string) =>
  new RegExp(`^ +${person} .*\\n +(\\S+)$`, "m").exec(stdout)?.[1] ?? "";

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const CUSTOMERS = { query: "{ viewer { displayName } customers { totalCount nodes { id companyName } } }" };

describe("a start on an empty database", () => {
  it("prints the addresses, a token for each of the ten people and a curl line that works", async () => {
    const run = program.start(environment);
    const url = await run.up();
    const answer = await post({ url }, CUSTOMERS, bearer(tokenIn(run.stdout, "direct-agent")));
    const ms = Math.round(performance.now() - run.startedAt);
    process.stdout.write(`start to first answered query, ${testDatabase}: ${ms} ms\n`);

    expect(answer.body.data).toMatchObject({
      viewer: { displayName: "Amir Costa" },
      customers: { totalCount: 6 },
    });
    expect(run.stdout).toContain(`  Explorer   ${url}/explorer\n`);
    expect(run.stdout).toContain(`${url}/healthz   ${url}/readyz`);
    for (const person of PEOPLE) {
      const { body } = await post(
        { url },
        { query: "{ viewer { kind } }" },
        bearer(tokenIn(run.stdout, person)),
      );
      expect({ person, errors: body.errors, data: body.data }).toMatchObject({
        person,
        data: { viewer: {} },
      });
    }
    const curl = /^ +curl [^]*?'\{.*\}'$/m.exec(run.stdout)?.[0] ?? "";
    const token = tokenIn(run.stdout, "direct-agent");
    const script = curl.replace("$(npm run -s token -- direct-agent)", token);
    const { stdout } = await promisify(execFile)("bash", ["-c", script]);
    expect(JSON.parse(stdout)).toMatchObject({ data: { viewer: { displayName: "Amir Costa" } } });
    expect(run.stderr).toBe("");
  });

  it("ends by SIGTERM with 0, and a second start finds everything there and fills nothing in again", async () => {
    const first = program.start(environment);
    const firstAnswer = await post(
      { url: await first.up() },
      CUSTOMERS,
      bearer(tokenIn(first.stdout, "direct-agent")),
    );
    first.process.kill("SIGTERM");
    expect(await first.ended).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toContain("filled the empty database");
    if (testDatabase === "sqlite") expect(customersIn(copyOf(database))).toBeGreaterThan(6);

    const second = program.start(environment);
    const url = await second.up();
    // The first run's token: the key that signs them outlives a restart too.
    const secondAnswer = await post({ url }, CUSTOMERS, bearer(tokenIn(first.stdout, "direct-agent")));
    expect(secondAnswer.body).toEqual(firstAnswer.body);
    expect(second.stdout).not.toContain("filled the empty database");
  });

  it("makes its folder and every file in it for its owner alone, and takes from others what an older version gave them", async () => {
    const DATA_DIR = join(database.folder, "new", "data");
    const modes = () =>
      Object.fromEntries(
        readdirSync(DATA_DIR).map((name) => [
          name,
          (statSync(join(DATA_DIR, name)).mode & 0o777).toString(8),
        ]),
      );
    const run = program.start({ ...environment, DATA_DIR });
    await run.up();
    expect(Object.keys(modes())).toEqual(
      expect.arrayContaining(["development-issuer.json", "development-secrets.key"]),
    );
    if (testDatabase === "sqlite") expect(Object.keys(modes())).toContain("partnergraph.sqlite-wal");
    expect(new Set(Object.values(modes()))).toEqual(new Set(["600"]));
    for (const folder of [DATA_DIR, dirname(DATA_DIR)])
      expect((statSync(folder).mode & 0o777).toString(8)).toBe("700");
    run.process.kill("SIGTERM");
    await run.ended;
    if (testDatabase !== "sqlite") return;
    for (const name of readdirSync(DATA_DIR)) chmodSync(join(DATA_DIR, name), 0o644);
    expect((await program.partnergraph(["verify"], { ...environment, DATA_DIR })).code).toBe(0);
    expect(modes()["partnergraph.sqlite"]).toBe("600");
  });

  it("warns of a variable that has no effect, and of an unknown NODE_ENV refuses to start", async () => {
    const run = program.start({ ...environment, DATABASE_URI: "mysql://u:hunter2@h/d" });
    await run.up();
    const warnings = run.stdout.split("\n").filter((line) => line.includes('"level":40'));
    expect(warnings).toEqual([expect.stringContaining("DATABASE_URI is not a variable of Partnergraph")]);
    expect(run.stdout).not.toContain("hunter2");
    run.process.kill("SIGTERM");
    const refused = await program.start({ ...environment, NODE_ENV: "prod" }).ended;
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("NODE_ENV must be production, development or test");
  });

  it("loads no library that only later work needs: each would cost it 10 to 100 ms of CPU", async () => {
    const spy = join(database.folder, "spy.js");
    const tell = "process.once('exit', () => process.stderr.write(Object.keys(require.cache).join('\\n')))";
    writeFileSync(spy, tell);
    const first = program.start({ ...environment, LOG_LEVEL: "fatal" });
    await first.up();
    first.process.kill("SIGTERM");
    await first.ended;
    const warm = program.start({ ...environment, LOG_LEVEL: "fatal", NODE_OPTIONS: `-r ${spy}` });
    const { body } = await post({ url: await warm.up() }, { query: "{ __typename }" });
    expect(body.data).toEqual({ __typename: "Query" });
    warm.process.kill("SIGTERM");
    const { stderr } = await warm.ended;
    const packages = new Set(
      [...stderr.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].map(([, name]) => name),
    );
    expect(packages).toContain("typeorm");
    const ours = testDatabase === "sqlite" ? "mysql2" : "libsql";
    for (const name of [
      ours,
      "ajv",
      "i18n-iso-countries",
      "ioredis",
      "libphonenumber-js",
      "prom-client",
      "undici",
    ])
      expect(packages).not.toContain(name);
  });

  it("with DEMO=off leaves it empty and prints no tokens", async () => {
    const run = program.start({ ...environment, DEMO: "off" });
    const url = await run.up();
    expect(run.stdout).not.toMatch(/eyJ|curl/);
    const token = await program.partnergraph(["token", "direct-agent"], environment);
    const { body } = await post({ url }, CUSTOMERS, bearer(token.stdout.trim()));
    const refusal = { extensions: { kind: "UNAUTHENTICATED", code: "TENANT_UNKNOWN" } };
    expect(body.errors).toMatchObject([refusal, refusal]);
  });

  it("in production leaves it empty, prints no tokens and no explorer, and says that nobody can sign in", async () => {
    const run = program.start({ ...environment, NODE_ENV: "production", PUBLIC_URL: "https://p.example" });
    const url = await run.up();
    expect(run.stdout).not.toMatch(/eyJ|curl|explorer/i);
    expect(run.stdout).toContain("nobody can sign in");
    const { body } = await post({ url }, { query: "{ __schema { queryType { name } } }" });
    expect(body.data).toBeUndefined();
  });
});

describe("a stop by SIGTERM", () => {
  it("closes WebSockets with 1001, answers the request under way, takes no new one, and ends with 0", async () => {
    const run = program.start(environment);
    const url = await run.up();
    const socket = new WebSocket(`${url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    await once(socket, "open");
    const token = tokenIn(run.stdout, "direct-agent");
    socket.send(JSON.stringify({ type: "connection_init", payload: bearer(token) }));
    await once(socket, "message");
    const closed = once(socket, "close");

    const agent = new Agent({ keepAlive: true });
    const body = JSON.stringify({ query: `mutation { ${manyInvitations(10)} }` });
    const headers = {
      "content-type": "application/json",
      ...bearer(token),
      "content-length": Buffer.byteLength(body),
      expect: "100-continue",
    };
    const call = request(`${url}/graphql`, { method: "POST", agent, headers });
    const answered = once(call, "response");
    call.flushHeaders();
    await once(call, "continue"); // The server has begun to read the request.
    call.write(body.slice(0, 100));
    run.process.kill("SIGTERM");
    const [code] = await closed;
    call.end(body.slice(100));
    const [response] = await answered;
    let text = "";
    for await (const chunk of response) text += String(chunk);

    expect(code).toBe(1001);
    const { data } = JSON.parse(text);
    expect(Object.values(data)).toHaveLength(10);
    expect(Object.values(data)).toEqual(Array(10).fill({ userErrors: [] }));
    agent.destroy();
    expect(await run.ended).toMatchObject({ code: 0, stderr: "" });
    await expect(fetch(`${url}/healthz`)).rejects.toThrow("fetch failed");
  });

  it("ends with 0 also when nobody reads its output any more", async () => {
    const run = program.start(environment);
    const url = await run.up();
    run.process.stdout?.destroy();
    for (let times = 0; times < 3; times++) {
      expect((await post({ url }, { query: "{ __typename }" })).status).toBe(200); // Each writes a line of log.
    }
    run.process.kill("SIGTERM");
    expect((await run.ended).code).toBe(0);
  });
});

function manyInvitations(count: number): string {
  const one = (n: number) =>
    `m${n}: inviteCustomer(input: { recipientEmail: "person${n}@shop.example" }) { userErrors { code } }`;
  return Array.from({ length: count }, (_, n) => one(n)).join(" ");
}
