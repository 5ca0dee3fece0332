import { contributions } from "../../src/areas";
import { randomBytes, randomUUID } from "node:crypto";
import { AgentRole } from "../../entities/identity/user";
import { Cloud, ProgrammeRole } from "../../entities/partners/partner";
import { systemClock } from "../../src/values/instant";
import type { Database } from "../../src/database/database";
import { openDatabase } from "../../src/database/open-database";
import type { Transaction } from "../../src/unit-of-work/transaction";
import { runUnitOfWork, type NotifyOrganizations } from "../../src/unit-of-work/unit-of-work";
import { type DevelopmentIssuer, insertUser, openDevelopmentIssuer } from "../../src/identity";
import { createPartner } from "../../src/organizations";
import { buildProgram, type Program } from "../start/program";
import { LogSecrets } from "../support/log-secrets";
import { makeTestDatabase } from "../support/test-database";
import { freePort, ServerNode } from "./server-node";
import { addStoredSecrets } from "./stored-secrets";

const TOKEN_SECONDS = 12 * 3600;

/** Nothing but what is under test: no demo, no log, and limits that a storm of one machine's clients does not meet. */
const STORM_PROOF = {
  DEMO: "off",
  DEVELOPMENT_ISSUER: "on",
  EXPLORER: "off",
  LOG_LEVEL: "warn",
  WEBHOOK_DELIVERIES_AT_ONCE: "0",
  LIMIT_BUDGET: "100000000",
  LIMIT_ANONYMOUS_REQUESTS: "1000000",
  LIMIT_SOCKETS_PER_USER: "100000",
  LIMIT_SOCKETS_PER_NODE: "1000000",
  LIMIT_UNKNOWN_SOCKETS_PER_ADDRESS: "100000",
  SECRETS_KEY: randomBytes(32).toString("base64"),
};

/** A partner of the run, and a token of its admin agent. */
export interface Organization {
  id: string;
  name: string;
  tenantId: string;
  token: string;
}

/** Where a fault is tried: the built program, an empty database of the kind under test, and a way into both. */
export interface FaultEnvironment {
  program: Program;
  /** The run's own connection, apart from the servers'. */
  database: Database;
  issuer: DevelopmentIssuer;
  /** The servers' data folder. */
  folder: string;
  /** What every server of the run is started with. */
  environment: Record<string, string>;
  /**
   * The secrets in use. At the end none of them may be in what the processes of the program wrote, and neither may what the database knows
   * by then (`addStoredSecrets`).
   */
  secrets: LogSecrets;
  /** Has what other processes wrote searched for secrets too. */
  alsoSearch(outputs: () => string[]): void;
  /** Aborted when the run's time is over, or when it is interrupted: whatever goes round and round asks this. */
  signal: AbortSignal;
  /** A server on a free port of its own that is not started yet. */
  makeNode(environment?: Record<string, string>, program?: Program): Promise<ServerNode>;
  /** Starts a server on a free port of its own, and waits until it is ready; of another program where one is given. */
  startNode(environment?: Record<string, string>, program?: Program): Promise<ServerNode>;
  /** Makes a partner with an admin agent, apart from the API. */
  enrolPartner(name: string): Promise<Organization>;
  /** Makes another admin agent of a partner; gives a token. */
  addUser(organization: Organization): Promise<string>;
  /** Does something in the product's own unit of work, and calls the notifier that is given. */
  transact<T>(work: (tx: Transaction) => Promise<T>, notify?: NotifyOrganizations): Promise<T>;
  /** Has something undone at the end, the last first, however the run ends. */
  atTheEnd(undo: () => Promise<unknown>): void;
}

const running = new Set<AbortController>();
let interruption: Error | undefined;

/** Ends every run that is under way, and any that would begin; each cleans up after itself and fails with this reason. */
export function interruptRuns(reason: string): void {
  interruption = new Error(`interrupted by ${reason}`);
  for (const controller of running) controller.abort(interruption);
}

/**
 * Prepares the ground, does the work on it, and removes everything: processes, database and folder, also when the work
 * fails, takes longer than `longestMs`, or is interrupted. Unless it is to be `migrated`, the database is empty when the work begins.
 */
export async function withFaultEnvironment<T>(
  longestMs: number,
  work: (faultEnvironment: FaultEnvironment) => Promise<T>,
  { migrated = true } = {},
): Promise<T> {
  if (interruption) throw interruption;
  const controller = new AbortController();
  const { signal } = controller;
  const tooLate = () => controller.abort(new Error(`not done within ${longestMs / 1000} s`));
  const timer = setTimeout(tooLate, longestMs);
  const over = new Promise<never>((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }),
  );
  over.catch(() => undefined);
  running.add(controller);
  const undoing: (() => Promise<unknown>)[] = [];
  const preparing = prepare(signal, migrated, (undo) => {
    undoing.push(undo);
    // Too late: nobody would undo it any more. Whoever asked must not go on.
    if (!running.has(controller)) void undo().catch(() => undefined);
    signal.throwIfAborted();
  });
  try {
    const result = await Promise.race([over, preparing.then(work)]);
    await refuseSecretsInOutput(await preparing);
    return result;
  } finally {
    clearTimeout(timer);
    controller.abort(new Error("the run is over"));
    await preparing.catch(() => undefined);
    running.delete(controller);
    for (const undo of undoing.reverse()) await undo().catch(() => undefined);
  }
}

/** @throws Error a secret of the run is in what a process of the program wrote */
async function refuseSecretsInOutput({
  secrets,
  database,
  searched,
  environment,
}: PreparedGround): Promise<void> {
  await addStoredSecrets(secrets, database, environment.SECRETS_KEY ?? "");
  const found = searched.flatMap((outputs) => outputs()).flatMap((output) => secrets.foundIn(output));
  if (found.length > 0) throw new Error(found.slice(0, 5).join("\n"));
}

/** A ground, and what its end searches. */
interface PreparedGround extends FaultEnvironment {
  searched: (() => string[])[];
}

async function prepare(
  signal: AbortSignal,
  migrated: boolean,
  atTheEnd: FaultEnvironment["atTheEnd"],
): Promise<PreparedGround> {
  const program = await buildProgram();
  atTheEnd(() => program.remove());
  const testDb = await makeTestDatabase();
  atTheEnd(() => testDb.drop());
  const database = await openDatabase(testDb.address, { onProgress: () => undefined, asItIs: !migrated });
  atTheEnd(() => database.close());
  const { FAULT_NODE_OPTIONS: NODE_OPTIONS } = process.env;
  const environment = { ...testDb.environment, ...STORM_PROOF, ...(NODE_OPTIONS && { NODE_OPTIONS }) };
  const secrets = new LogSecrets();
  secrets.addEnvironment(environment);
  const issuer = await openIssuer(testDb.folder, secrets);
  const searched = [() => program.outputs()];
  const silent: NotifyOrganizations = () => undefined;
  const caller = () => ({
    actor: { kind: "SYSTEM" as const },
    requestId: "fault",
    now: systemClock,
    contributions,
  });
  const transact: FaultEnvironment["transact"] = (doing, notify = silent) =>
    runUnitOfWork(database, notify, caller(), doing);
  const faultEnvironment: PreparedGround = {
    ...{ program, database, issuer, environment, secrets, signal, transact, atTheEnd, searched },
    alsoSearch: (outputs) => void searched.push(outputs),
    folder: testDb.folder,
    startNode: async (more, other) => {
      const node = await faultEnvironment.makeNode(more, other);
      await node.start();
      return node;
    },
    makeNode: async (more = {}, other = program) => {
      const port = await freePort();
      secrets.addEnvironment(more);
      const node = new ServerNode(other, { ...environment, ...more, PORT: String(port) }, signal);
      atTheEnd(() => node.kill());
      return node;
    },
    enrolPartner: (name) => enrol(faultEnvironment, name),
    addUser: (organization) => addUser(faultEnvironment, organization),
  };
  return faultEnvironment;
}

/** The development issuer of a data folder; each token that it signs is noted. */
export async function openIssuer(folder: string, secrets: LogSecrets): Promise<DevelopmentIssuer> {
  const issuer = await openDevelopmentIssuer(folder);
  return {
    ...issuer,
    sign: async (person, lifetimeSeconds) => {
      const token = await issuer.sign(person, lifetimeSeconds);
      secrets.add(`the token of ${person.email}`, token);
      return token;
    },
  };
}

/** Makes a partner with an admin agent in a database, and a token that its servers take. */
export async function enrol(
  { transact, issuer }: Pick<FaultEnvironment, "transact" | "issuer">,
  name: string,
): Promise<Organization> {
  const tag = randomBytes(5).toString("hex");
  const [tenantId, domain] = [randomUUID(), `partner-${tag}.example`];
  const person = { subject: tag, email: `agent@${domain}`, displayName: "Fault Agent" };
  const place = { country: "US", cloud: Cloud.PUBLIC };
  const id = await transact(async (tx) => {
    const partner = await createPartner(tx, {
      ...{ name, tenantId, domain, ...place },
      programmeRole: ProgrammeRole.DIRECT_BILL,
    });
    const roles = { agentRoles: [AgentRole.ADMIN_AGENT], adminRoles: [] };
    await insertUser(tx, { ...person, ...roles, organizationId: partner.id });
    return partner.id;
  });
  const token = await issuer.sign({ ...person, tenantId, isGlobalAdmin: false }, TOKEN_SECONDS);
  return { id, name, tenantId, token };
}

async function addUser(
  { transact, issuer }: FaultEnvironment,
  { id, tenantId }: Organization,
): Promise<string> {
  const tag = randomBytes(5).toString("hex");
  const person = { subject: tag, email: `${tag}@users.example`, displayName: "Fault Agent" };
  const roles = { agentRoles: [AgentRole.ADMIN_AGENT], adminRoles: [] };
  await transact((tx) => insertUser(tx, { ...person, ...roles, organizationId: id }));
  return issuer.sign({ ...person, tenantId, isGlobalAdmin: false }, TOKEN_SECONDS);
}
