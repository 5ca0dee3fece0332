import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, print } from "graphql";
import { loadConfig } from "../../src/config/config";
import { allSubcommands } from "../../src/commands/all-subcommands";
import { TABS } from "../../src/transport/explorer/demo-tabs";
import { buildProgram, type Program } from "../start/program";
import { openCommandShell } from "../support/command-shell";
import { type FencedBlock, fencedBlocks } from "../support/fenced-blocks";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { startTestServer } from "../support/test-server";
import {
  askBlock,
  type Check,
  type DocumentWorld,
  mutateBlock,
  type NotRun,
  personIn,
  printed,
  runScript,
  startScript,
} from "./documented";

const ROOT = join(__dirname, "../..");

/** The beginning of each block in a document, in order, and what becomes of it. A block that is not here fails the test. */
type Plan = [beginning: string, check: Check | NotRun][];

const README: Plan = [
  [
    "npm ci && npm start",
    { because: "it installs packages; .ci/run does both", test: "test/start/start.test.ts" },
  ],
  [
    "curl -s http://127.0.0.1:4000/graphql",
    async (block, world) => {
      const { data } = JSON.parse(await runScript(block, world));
      expect(data).toMatchObject({
        viewer: { displayName: "Amir Costa" },
        customers: { nodes: expect.any(Array) },
      });
    },
  ],
  [
    "TOKEN=$(npm run -s token -- direct-agent) node",
    (block, world) => startScript(block, world, "listening"),
  ],
  [
    "curl -s http://127.0.0.1:4000/graphql",
    async (block, world) => {
      const { data } = JSON.parse(await runScript(block, world));
      expect(data.inviteCustomer).toMatchObject({ link: expect.any(String), userErrors: [] });
      await printed(world, '"INVITATION_SENT"');
    },
  ],
  [
    "examples/walkthrough.sh",
    { because: "a test of its own runs it", test: "test/examples/walkthrough.test.ts" },
  ],
  [
    "subscription Listen",
    async ({ text }, world) => {
      world.listener = await (await world.server.as(personIn(text))).listen(text);
    },
  ],
  [
    "mutation Invite",
    async (block, world) => {
      const { link } = await mutateBlock(block, world);
      world.found.token = link.slice(link.indexOf("#") + 1);
    },
  ],
  [
    "query Look",
    async (block, world) => expect(await askBlock(block, world)).toMatchObject({ canAccept: true }),
  ],
  [
    "mutation Accept",
    async (block, world) => {
      const { relationships } = await mutateBlock(block, world);
      world.found.relationshipId = relationships[0].id;
      world.found.customerId = relationships[0].customerId;
      expect(await world.listener?.next()).toMatchObject({
        data: { events: { type: "INVITATION_ACCEPTED" } },
      });
    },
  ],
  [
    "query Offers",
    async (block, world) => {
      const { nodes } = await askBlock(block, world);
      expect(nodes.length).toBeGreaterThan(0);
      world.found.offerId = nodes[0].id;
    },
  ],
  [
    "mutation Buy",
    async (block, world) => {
      world.found.subscriptionId = (await mutateBlock(block, world)).subscription.id;
    },
  ],
  [
    "mutation Remove",
    async (block, world) => {
      const { relationship, userErrors } = await askBlock(block, world);
      const blockers = [
        { subscriptionId: world.found.subscriptionId, offerName: expect.any(String), quantity: 25 },
      ];
      expect(relationship).toBeNull();
      expect(userErrors).toMatchObject([{ code: "RELATIONSHIP_HAS_BLOCKERS", details: { blockers } }]);
      world.found.remove = block.text;
    },
  ],
  [
    "mutation Suspend",
    async (block, world) => {
      expect(await mutateBlock(block, world)).toMatchObject({ subscription: { status: "SUSPENDED" } });
      const again = await mutateBlock({ ...block, text: world.found.remove ?? "" }, world);
      expect(again.relationship).toMatchObject({ status: "REMOVED" });
      expect(await world.listener?.next()).toMatchObject({
        data: { events: { type: "RELATIONSHIP_REMOVED" } },
      });
    },
  ],
  [
    "npm run -s admin -- create-partner",
    async (block, world) => expect(await runScript(block, world)).toMatch(/^Partner Alpine Cloud: part_/),
  ],
  [
    "mutation Key",
    async (block, world) => {
      const { secret } = await mutateBlock(block, world);
      const [, command = ""] = /`(TOKEN=pgk_… node \S+)`/.exec(block.prose.replaceAll("\n", " ")) ?? [];
      expect(command).not.toBe("");
      const text = command.replace("pgk_…", secret);
      await startScript({ ...block, text: `${text} --types USER_ADDED` }, world, "listening");
      const user = `mutation { createUser(input: { email: "new@alpine.example", displayName: "New" }) { userErrors { code } } }`;
      await mutateBlock({ ...block, text: user }, world, "direct-admin");
      await printed(world, '"USER_ADDED"');
    },
  ],
  [
    "CREATE DATABASE",
    { because: "it needs the administrator of a server", test: "test/backup/drill.test.ts" },
  ],
  [
    "DATABASE_URL=mysql://",
    { because: "it starts a server on MariaDB", test: "test/cluster/workers.mariadb.test.ts" },
  ],
  [
    "npm run -s import:offers -- FILE",
    async (block, world) => {
      const file = join(world.shell.folder, "offers.json");
      writeFileSync(file, '{ "items": [] }');
      const text = block.text.replace("FILE", file);
      expect(await runScript({ ...block, text }, world)).toBe("0 added, 0 updated, 0 unchanged, 0 refused\n");
    },
  ],
  ["npm ci && npm test", { because: "it is this" }],
];

/** A table of permissions: the server starts with it. */
const asPermissions: Check = async ({ text }, { shell }) => {
  const file = join(shell.folder, "permissions.json");
  writeFileSync(file, text);
  expect(() => loadConfig({ PERMISSIONS_FILE: file })).not.toThrow();
};

/** An issuer's variables: the server starts with them. */
const asVariables: Check = async ({ text }) => {
  const lines = text.trim().split("\n");
  const variables = lines.map((line) =>
    line
      .replace(/ +#.*$/, "")
      .split(/=(.*)/)
      .slice(0, 2),
  );
  expect(loadConfig(Object.fromEntries(variables)).issuers).toHaveLength(1);
};

const OPERATING: Plan = [
  [
    "SELECT id, tenantId",
    async ({ text }, { server }) => {
      const { database } = server.running.services;
      expect(await database.read((reads) => reads.rows(text.replace(";", "")))).toEqual([]);
    },
  ],
  ["ALTER TABLE", { because: "a test of its own", test: "test/database/refused-databases.test.ts" }],
  [
    "npx partnergraph backup FILE",
    { because: "the drill below it does that", test: "test/backup/drill.test.ts" },
  ],
  [
    "npx partnergraph restored",
    async (block, world) => expect(await runScript(block, world)).toMatch(/new timeline[^]*agrees\.\n$/),
  ],
  [
    "npx partnergraph backup ./drill.sqlite",
    { because: "a test of its own", test: "test/backup/drill.test.ts" },
  ],
  [
    "npx partnergraph backup ./drill.backup",
    { because: "a test of its own", test: "test/backup/drill.test.ts" },
  ],
  [
    "npx partnergraph verify",
    async (block, world) => expect(await runScript(block, world)).toMatch(/agrees\.\n$/),
  ],
];

const ACTIVITY_LOG: Plan = [
  [
    "curl -fH",
    async (block, world) => {
      const file = join(world.shell.folder, "activity-log.csv");
      const token = await world.server.token("direct-admin");
      const text = `TOKEN=${token}\n${block.text.replace("-o activity-log.csv", `-o ${file}`)}`;
      await runScript({ ...block, text }, world);
      expect(readFileSync(file, "utf8").split("\r\n").length).toBeGreaterThan(2);
    },
  ],
  [
    "npm run -s admin -- verify-activity-log",
    async (block, world) => {
      const { data } = await (await world.server.as("direct-agent")).ask("{ viewer { partner { id } } }");
      const text = block.text.replace(/part_\w+/, data.viewer.partner.id);
      expect(await runScript({ ...block, text }, world)).toMatch(
        /are whole\.\n[^]*1 activity logs are whole\.\n$/,
      );
    },
  ],
  [
    '{"actorId"',
    async ({ text, prose }, world) => {
      world.found["$JSON"] = `'${text.trim()}'`;
      world.found.hash = /`([0-9a-f]{64})`/.exec(prose)?.[1] ?? "none";
    },
  ],
  [
    "printf",
    async (block, { shell, found }) => {
      const text = block.text.replace('"$JSON"', found["$JSON"] ?? "");
      expect((await shell.run(text)).stdout).toBe(`${found.hash}  -\n`);
    },
  ],
];

const PLANS: Record<string, Plan> = {
  "README.md": README,
  "docs/operating.md": OPERATING,
  "docs/activity-log.md": ACTIVITY_LOG,
  "docs/limits.md": [
    [
      "{",
      { because: "a field's error, as the answer has it", test: "test/limits/limits-at-endpoints.test.ts" },
    ],
    ["$body =", { because: "it is for PowerShell", test: "test/api/http-text-encoding.test.ts" }],
    [
      "{",
      async ({ text, prose }, { server, found }) => {
        const headers = {
          "content-type": "application/json",
          authorization: `Bearer ${await server.token("direct-agent")}`,
        };
        const response = await fetch(`${server.url}/graphql`, {
          method: "POST",
          headers,
          body: JSON.stringify({ query: text }),
        });
        const { extensions } = (await response.json()) as { extensions: { cost: { requested: number } } };
        found.cost = String(extensions.cost.requested);
        expect(extensions.cost.requested).toBe(Number(/= ([\d,]+)\./.exec(prose)?.[1]?.replaceAll(",", "")));
      },
    ],
    [
      '"extensions": {',
      async ({ text }, { found }) => {
        const { cost } = (JSON.parse(`{${text}}`) as { extensions: { cost: Record<string, unknown> } })
          .extensions;
        const { cost: maximum, budget: limit, budgetSeconds: resetSeconds } = loadConfig({}).limits;
        const requested = Number(found.cost);
        expect(cost).toEqual({
          requested,
          maximum,
          budget: { limit, remaining: limit - requested, resetSeconds },
        });
      },
    ],
  ],
  "docs/permissions.md": [
    ["{", asPermissions],
    [
      "PERMISSIONS_FILE=",
      { because: "it starts a server", test: "test/identity/wide-permissions.plain.test.ts" },
    ],
    ["{", asPermissions],
  ],
  "docs/sign-in.md": [
    ["OIDC_ISSUER=", asVariables],
    ["OIDC_ISSUER=", asVariables],
    [
      "[",
      async ({ text }, { shell }) => {
        const file = join(shell.folder, "issuers.json");
        writeFileSync(file, text);
        expect(loadConfig({ OIDC_ISSUERS_FILE: file }).issuers.length).toBeGreaterThan(1);
      },
    ],
  ],
  "docs/trusted-documents.md": [
    ["curl", { because: "its ids are shortened", test: "test/trusted-documents/trusted-documents.test.ts" }],
    ["// codegen.ts", { because: "a setting of another program" }],
    ["// relay.config.json", { because: "a setting of another program" }],
    ["jq -s add", { because: "it merges files of other programs" }],
  ],
  "docs/webhooks.md": [
    [
      "mutation {",
      async (block, world) => {
        const text = block.text.replace("https://receiver.example/hooks", "http://127.0.0.1:9/hooks");
        const { secret } = await mutateBlock({ ...block, text }, world, "direct-admin");
        expect(secret).toMatch(/^whsec_/);
      },
    ],
    [
      "import { Webhook }",
      { because: "a package of others", test: "test/webhooks/webhook-signatures.test.ts" },
    ],
    ["{", { because: "what a receiver gets", test: "test/webhooks/restored-stream.test.ts" }],
  ],
  "examples/README.md": [
    ["npm start", { because: "a test of its own", test: "test/examples/walkthrough.test.ts" }],
    ["export TOKEN=", { because: "a test of its own", test: "test/examples/websocket-listener.test.ts" }],
    ["TOKEN=$(npm", { because: "a test of its own", test: "test/examples/sse-listener.test.ts" }],
    ["WEBHOOK_SECRETS=", { because: "a test of its own", test: "test/examples/webhook-receiver.test.ts" }],
  ],
};

const DOCUMENTS = [
  "README.md",
  "examples/README.md",
  ...readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** What a program prints has no language. */
const codeOf = (file: string) => fencedBlocks(file).filter(({ language }) => language !== "");

const withoutPerson = (text: string) => text.replace(/^# [\w-]+\n/, "");

let program: Program;
let database: TestDatabase;
let world: DocumentWorld;
beforeAll(async () => {
  program = await buildProgram();
  database = await makeTestDatabase({ migrated: true });
  const server = await startTestServer({ WEBHOOKS_ALLOW_INSECURE: "on" }, database);
  world = {
    server,
    shell: openCommandShell(program.file, { ...database.environment, LOG_LEVEL: "silent" }),
    found: {},
  };
});
afterAll(async () => {
  world.shell.close();
  await world.server.stop();
  await database.drop();
  await program.remove();
});

it.each(DOCUMENTS)("every block of %s is run, in order, or says what runs it", async (file) => {
  const plan = PLANS[file] ?? [];
  const blocks = codeOf(file);
  const places = blocks.map(({ text }) => withoutPerson(text).trimStart());
  expect(
    places.map((text, at) => (text.startsWith(plan[at]?.[0] ?? "\0") ? plan[at]?.[0] : text.slice(0, 60))),
  ).toEqual(plan.map(([beginning]) => beginning));
  world.found = {};
  for (const [at, block] of blocks.entries()) await runBlock(block, plan[at]?.[1]);
});

async function runBlock(block: FencedBlock, check: Check | NotRun | undefined): Promise<void> {
  if (typeof check === "function") {
    try {
      await check(block, world);
    } catch (error) {
      (error as Error).message = `${block.file}:${block.line}: ${(error as Error).message}`;
      throw error;
    }
  } else if (check?.test)
    expect({ test: check.test, isThere: existsSync(join(ROOT, check.test)) }).toMatchObject({
      isThere: true,
    });
}

it("every npm script and every command that a document names is there", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: object };
  const unknown = [...DOCUMENTS, "CONTRIBUTING.md", "test/faults/README.md"].flatMap((file) => {
    const text = readFileSync(join(ROOT, file), "utf8");
    const named = [...text.matchAll(/\bnpm run (?:-s )?([\w:-]+)/g)].filter(
      ([, name = ""]) => !(name in scripts),
    );
    const commands = [...text.matchAll(/\bpartnergraph ([a-z][a-z-]*)/g)].filter(
      ([whole, name = ""]) => !(name in allSubcommands.subcommands) && text.includes(`\`${whole}`),
    );
    return [...named, ...commands].map(([whole]) => `${file}: ${whole}`);
  });
  expect(unknown).toEqual([]);
});

it("the explorer's tabs are the queries of the README's story, for the same people", () => {
  const scenario = codeOf("README.md").filter(
    ({ language, text }) => language === "graphql" && !text.includes("Key"),
  );
  const plain = (text: string) => print(parse(text));
  expect(TABS.slice(1).map(({ person, query }) => [person, plain(query)])).toEqual(
    scenario.map(({ text }) => [personIn(text), plain(text)]),
  );
  for (const { query, variables = {} } of TABS) {
    const names = [...query.matchAll(/\$(\w+):/g)].map(([, name]) => name);
    expect(Object.keys(variables)).toEqual(names);
  }
});
