import { randomUUID } from "node:crypto";
import type { StatementListener } from "../../src/database/connection";
import { mayUse } from "../../src/access/allow";
import { defaultMatrix } from "../../src/access/permission-matrix";
import { allPermissions, type Permission } from "../../src/access/permissions";
import { startTestServer, type TestServer } from "../support/test-server";
import { allRootFields } from "./documents";
import { Door } from "./door";
import { Judge, type Reader } from "./judge";
import { personOf } from "./people";
import { Pools } from "./pools";
import { Rules } from "./rules";
import { isDrawn } from "./share";
import { takeSnapshot } from "./snapshot";
import { variablesFor } from "./slots";
import { buildTown, idOf, type Town } from "./town";
import type { OrganizationKey } from "./town-plan";

/** Somebody at the door, with whatever it signs in with. */
export interface Visitor extends Reader {
  name: string;
  kind: "person" | "key" | "prospect" | "anonymous";
  role: string;
  /** Absent for those whose organization is not known. */
  key?: OrganizationKey;
  bearer?: string;
}

/** A server with the town in it, its visitors, and what it takes to judge their answers. */
export interface Arena {
  server: TestServer;
  door: Door;
  town: Town;
  visitors: Visitor[];
  pools: Pools;
  rules: Rules;
  judge: Judge;
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

/** Opens an arena on the database under test; `beforeAll` of a file. */
export async function openArena(onStatement?: StatementListener): Promise<Arena> {
  const server = await startTestServer({ DEMO: "off", ...WIDE }, undefined, { onStatement });
  const town = await buildTown(server.running);
  const door = new Door(server.url);
  const visitors = [...(await people(server, town)), ...(await strangers(server))];
  visitors.push(...(await keys(door, town, visitors)));
  const isKept = ({ role, kind, name }: Visitor) =>
    (kind === "person" && role === "global-admin") || isDrawn(name);
  const drawn = visitors.filter((visitor) => visitor.key === undefined || isKept(visitor));
  const { database } = server.running.services;
  const cursors = new Map<string, Record<string, string[]>>();
  const sentBy = new Map<string, Set<string>>();
  const arena = { server, town, door, visitors: drawn } as Arena;
  arena.lookAgain = async () => {
    arena.rules = new Rules(await takeSnapshot(database));
    arena.judge = new Judge(town.marks, arena.rules, sentBy);
    arena.pools = new Pools(town, arena.rules, cursors);
  };
  await arena.lookAgain();
  await collectCursors(arena, cursors);
  arena.close = async () => {
    door.close();
    await server.stop();
  };
  return arena;
}

/** The test harness of a file; it exists while the tests of the file run. */
export interface FileHarness {
  readonly arena: Arena;
}

/** Opens a test harness before the tests of the calling file, and closes it after them. */
export function useHarness(): FileHarness {
  const held = {} as { arena: Arena };
  beforeAll(async () => {
    held.arena = await openArena();
  }, 300_000);
  afterAll(() => held.arena.close());
  return held;
}

/** The one who may do most in an organization. */
export function chiefOf({ visitors }: Arena, key: OrganizationKey): Visitor {
  const found = visitors.find((visitor) => visitor.key === key && visitor.role === "global-admin");
  if (!found) throw new Error(`${key} has no Global admin`);
  return found;
}

async function people(server: TestServer, town: Town): Promise<Visitor[]> {
  const issuer = server.running.developmentIssuer;
  return Promise.all(
    town.people.map(async ({ name, role, organization, subject, permissions, actor }) => ({
      name,
      role,
      kind: "person" as const,
      key: organization,
      organization,
      organizationId: idOf(town, organization),
      permissions,
      selfId: "userId" in actor ? actor.userId : undefined,
      bearer: await issuer?.sign(subject, 3_000),
    })),
  );
}

async function strangers(server: TestServer): Promise<Visitor[]> {
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
    { ...nobody, name: "a stranger", kind: "anonymous", role: "anonymous" },
  ];
}

/** Organizations that have a key for each single permission; every other one has one key with all of them. */
const WITH_SINGLE_KEYS: OrganizationKey[] = ["directA", "customerY"];

async function keys(door: Door, town: Town, visitors: Visitor[]): Promise<Visitor[]> {
  const create = allRootFields.find(({ name }) => name === "createApiKey");
  if (!create) return [];
  const made: Visitor[] = [];
  for (const chief of visitors.filter(({ role, kind }) => role === "global-admin" && kind === "person")) {
    const key = chief.key as OrganizationKey;
    const { actor } = personOf(town, key);
    const most = allPermissions.filter(
      (one) => mayUse(actor, one) && !("peopleOnly" in defaultMatrix.grantOf(one)),
    );
    const sets = WITH_SINGLE_KEYS.includes(key) ? [most, ...most.map((one) => [one])] : [most];
    for (const permissions of sets) {
      const name = `${town.marks.make(key, "API key name")} ${permissions.length === 1 ? permissions.join() : "all"}`;
      const reply = await door.ask(chief.bearer, create, { input: { name, permissions } });
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
async function collectCursors(arena: Arena, cursors: Map<string, Record<string, string[]>>): Promise<void> {
  const lists = allRootFields.filter(({ isList }) => isList);
  for (const chief of arena.visitors.filter(({ role }) => role === "global-admin")) {
    const mine: Record<string, string[]> = {};
    for (const list of lists) {
      const reply = await arena.door.ask(
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
