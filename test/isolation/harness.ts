import { randomUUID } from "node:crypto";
import type { StatementListener } from "../../src/database/connection";
import { mayUse } from "../../src/access/allow";
import { defaultMatrix } from "../../src/access/permission-matrix";
import { allPermissions, type Permission } from "../../src/access/permissions";
import { startTestServer, type TestServer } from "../support/test-server";
import { allRootFields } from "./documents";
import { ApiClient } from "./api-client";
import { Oracle, type Reader } from "./oracle";
import { personOf } from "./people";
import { Pools } from "./pools";
import { Rules } from "./rules";
import { isDrawn } from "./share";
import { takeSnapshot } from "./snapshot";
import { variablesFor } from "./id-parameters";
import { buildFixtureWorld, idOf, type FixtureWorld } from "./fixture-world";
import type { OrganizationKey } from "./fixture-plan";

/** Somebody at the endpoint, with whatever it signs in with. */
export interface Caller extends Reader {
  name: string;
  kind: "person" | "key" | "prospect" | "anonymous";
  role: string;
  /** Absent for those whose organization is not known. */
  key?: OrganizationKey;
  bearer?: string;
}

/** A server with the fixture world in it, its visitors, and what it takes to judge their answers. */
export interface IsolationHarness {
  server: TestServer;
  apiClient: ApiClient;
  world: FixtureWorld;
  callers: Caller[];
  pools: Pools;
  rules: Rules;
  oracle: Oracle;
  /** Learns of the rows that were made meanwhile. */
  lookAgain(): Promise<void>;
  close(): Promise<void>;
}

/** Nothing here is about limits: they are as wide as they can be set, and so is the pool, for many listeners at once. */
const WIDE = {
  DATABASE_POOL_SIZE: "40",
  WEBHOOKS_ALLOW_INSECURE: "on", // Endpoints of this machine, to which nothing is ever sent.
  LIMIT_DEPTH: "100",
  LIMIT_ALIASES: "1000",
  LIMIT_FIELDS: "100000",
  LIMIT_SAME_FIELD: "1000",
  LIMIT_DIRECTIVES: "1000",
  LIMIT_TOKENS: "4000",
  LIMIT_COST: "1000000",
  LIMIT_BUDGET: "100000000",
  LIMIT_ANONYMOUS_REQUESTS: "1000000",
  LIMIT_OPERATIONS_PER_SOCKET: "1000",
  LIMIT_SOCKETS_PER_USER: "100000",
  LIMIT_UNKNOWN_SOCKETS_PER_ADDRESS: "10000",
};

/** Opens a harness on the database under test; `beforeAll` of a file. */
export async function openIsolationHarness(onStatement?: StatementListener): Promise<IsolationHarness> {
  const server = await startTestServer({ DEMO: "off", ...WIDE }, undefined, { onStatement });
  const world = await buildFixtureWorld(server.running);
  const apiClient = new ApiClient(server.url);
  const callers = [...(await people(server, world)), ...(await strangers(server))];
  callers.push(...(await keys(apiClient, world, callers)));
  const isKept = ({ role, kind, name }: Caller) =>
    (kind === "person" && role === "global-admin") || isDrawn(name);
  const drawn = callers.filter((caller) => caller.key === undefined || isKept(caller));
  const { database } = server.running.services;
  const cursors = new Map<string, Record<string, string[]>>();
  const sentBy = new Map<string, Set<string>>();
  const harness = { server, world, apiClient, callers: drawn } as IsolationHarness;
  harness.lookAgain = async () => {
    harness.rules = new Rules(await takeSnapshot(database));
    harness.oracle = new Oracle(world.canaries, harness.rules, sentBy);
    harness.pools = new Pools(world, harness.rules, cursors);
  };
  await harness.lookAgain();
  await collectCursors(harness, cursors);
  harness.close = async () => {
    apiClient.close();
    await server.stop();
  };
  return harness;
}

/** The test harness of a file; it exists while the tests of the file run. */
export interface FileHarness {
  readonly harness: IsolationHarness;
}

/** Opens a test harness before the tests of the calling file, and closes it after them. */
export function useHarness(): FileHarness {
  const held = {} as { harness: IsolationHarness };
  beforeAll(async () => {
    held.harness = await openIsolationHarness();
  }, 300_000);
  afterAll(() => held.harness.close());
  return held;
}

/** The one who may do most in an organization. */
export function chiefOf({ callers }: IsolationHarness, key: OrganizationKey): Caller {
  const found = callers.find((caller) => caller.key === key && caller.role === "global-admin");
  if (!found) throw new Error(`${key} has no Global admin`);
  return found;
}

async function people(server: TestServer, world: FixtureWorld): Promise<Caller[]> {
  const issuer = server.running.developmentIssuer;
  return Promise.all(
    world.people.map(async ({ name, role, organization, subject, permissions, actor }) => ({
      name,
      role,
      kind: "person" as const,
      key: organization,
      organization,
      organizationId: idOf(world, organization),
      permissions,
      selfId: "userId" in actor ? actor.userId : undefined,
      bearer: await issuer?.sign(subject, 3_000),
    })),
  );
}

async function strangers(server: TestServer): Promise<Caller[]> {
  const nobody = { organization: "nobody", organizationId: "", permissions: new Set<Permission>() };
  const subject = {
    tenantId: randomUUID(),
    subject: "boss",
    email: "boss@unheard-of.example",
    displayName: "New Boss",
  };
  const bearer = await server.running.developmentIssuer?.sign({ ...subject, isGlobalAdmin: true }, 3_000);
  const permissions = defaultMatrix.permissionsOf({ side: "PROSPECT" });
  return [
    { ...nobody, name: "a prospect", kind: "prospect", role: "prospect", permissions, bearer },
    { ...nobody, name: "an anonymous caller", kind: "anonymous", role: "anonymous" },
  ];
}

/** Organizations that have a key for each single permission; every other one has one key with all of them. */
const WITH_SINGLE_KEYS: OrganizationKey[] = ["directA", "customerY"];

async function keys(apiClient: ApiClient, world: FixtureWorld, callers: Caller[]): Promise<Caller[]> {
  const create = allRootFields.find(({ name }) => name === "createApiKey");
  if (!create) return [];
  const made: Caller[] = [];
  for (const chief of callers.filter(({ role, kind }) => role === "global-admin" && kind === "person")) {
    const key = chief.key as OrganizationKey;
    const { actor } = personOf(world, key);
    const most = allPermissions.filter(
      (one) => mayUse(actor, one) && !("peopleOnly" in defaultMatrix.ruleOf(one)),
    );
    const sets = WITH_SINGLE_KEYS.includes(key) ? [most, ...most.map((one) => [one])] : [most];
    for (const permissions of sets) {
      const name = `${world.canaries.make(key, "API key name")} ${permissions.length === 1 ? permissions.join() : "all"}`;
      const reply = await apiClient.ask(chief.bearer, create, { input: { name, permissions } });
      const payload = reply.body.data?.createApiKey as { apiKey: { id: string }; secret: string } | null;
      if (!payload?.secret) throw new Error(`no key for ${permissions.join()}: ${reply.text}`);
      const role = `key ${permissions.length === 1 ? permissions.join() : "with all"}`;
      const who = { name: `${key} ${role}`, role, kind: "key" as const, bearer: payload.secret };
      const { organization, organizationId } = chief;
      made.push({
        ...who,
        key,
        organization,
        organizationId,
        selfId: payload.apiKey.id,
        permissions: new Set(permissions),
      });
    }
  }
  return made;
}

/** Reads every list as every organization's chief and keeps the cursors that it gives. */
async function collectCursors(
  harness: IsolationHarness,
  cursors: Map<string, Record<string, string[]>>,
): Promise<void> {
  const lists = allRootFields.filter(({ isList }) => isList);
  for (const chief of harness.callers.filter(({ role }) => role === "global-admin")) {
    const mine: Record<string, string[]> = {};
    for (const list of lists) {
      const reply = await harness.apiClient.ask(
        chief.bearer,
        list,
        variablesFor(list, "lean", () => ""),
      );
      for (const [name, found] of cursorsIn(reply.body.data)) {
        if (name === list.name || !lists.some((other) => other.name === name))
          (mine[name] ??= []).push(...found);
      }
    }
    // A live listener takes the cursors that the list of events gives, and a nested list those of the list itself.
    cursors.set(chief.key as string, mine);
  }
}

/** The cursors of every page in an answer, by the name of the list that gave it. */
function cursorsIn(value: unknown): [list: string, cursors: string[]][] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, part]: [string, unknown]) => {
    const { edges } = (part ?? {}) as { edges?: { cursor: string }[] };
    const here: [string, string[]][] = edges ? [[name, edges.map(({ cursor }) => cursor)]] : [];
    return [...here, ...cursorsIn(part)];
  });
}
