import { randomUUID } from "node:crypto";
import { join } from "node:path";
import libsql from "libsql";
import { createConnection } from "mysql2/promise";
import { askRaw, type RawAnswer } from "./ask-raw";
import { type FaultEnvironment, withFaultEnvironment, type Organization } from "./fault-environment";
import { same } from "./check-acceptances";
import type { ServerNode } from "./server-node";
import { summary, type Summary } from "./statistics";

/** How much of it. */
export interface LockOrganizationOptions {
  poolSize: number;
  /** Clients of the locked organization that write all the time, and as many of others that accept its invitations. */
  writers: number;
  /** Requests of other organizations, half of them writes. */
  requests: number;
  /** The other organizations, each with a client that sends one request after the other. */
  organizations: number;
  /** In which each request is answered, in milliseconds: 2,500. */
  answeredWithin: number;
  /** For 99 of 100 requests of others, in milliseconds: 250. */
  p99Within: number;
  /** Of the requests of others, how many may be refused with SERVICE_BUSY, as on a machine that is slow: none. */
  busyOthers: number;
  /** The run fails when it takes longer, in seconds. */
  longest: number;
}

/** What was measured; all that must hold has held when this is given. */
export interface LockOrganizationReport {
  others: Summary;
  /** Of the locked organization: all of them are refused with SERVICE_BUSY. */
  refused: Summary;
  health: Summary;
}

const INVITE = `mutation ($email: String!, $key: String!) {
  inviteCustomer(input: { recipientEmail: $email, idempotencyKey: $key }) { invitation { id } link userErrors { code } } }`;
const ACCEPT = `mutation ($token: String!, $companyName: String!, $domain: String!) {
  acceptInvitation(input: { token: $token, companyName: $companyName, domain: $domain, country: "US" }) {
    invitation { status } userErrors { code } } }`;
const READ = "{ customers(first: 20) { nodes { id } totalCount } events(first: 5) { nodes { position } } }";

/**
 * Locks one organization's stream, as a transaction that does not end would, and writes to it with many clients. All their requests
 * are answered in time, with SERVICE_BUSY, and those of other organizations hardly notice. On SQLite, where the lock is that of the whole file, the
 * others only read.
 */
export function lockOrganization(options: LockOrganizationOptions): Promise<LockOrganizationReport> {
  return withFaultEnvironment(options.longest * 1_000, async (faultEnvironment) => {
    const node = await faultEnvironment.startNode({ DATABASE_POOL_SIZE: String(options.poolSize) });
    const locked = await faultEnvironment.enrolPartner("Locked");
    const others = await Promise.all(
      Array.from({ length: options.organizations }, (_, n) => faultEnvironment.enrolPartner(`Other ${n}`)),
    );
    for (const organization of [locked, ...others]) await mustRead(node, organization);
    const accepting: Write[] = [];
    while (accepting.length < options.writers)
      accepting.push(await anAcceptance(faultEnvironment, node, locked, accepting.length));
    const release = await lock(faultEnvironment, locked);
    const state = { isOver: false };
    const [refused, health] = [[] as number[], [] as number[]];
    const pressing = Promise.all([
      ...Array.from({ length: options.writers }, (_, n) =>
        press({ node, state, times: refused }, anInvitation(locked, n)),
      ),
      ...accepting.map((acceptance) => press({ node, state, times: refused }, () => acceptance)),
      watchHealth({ node, state, times: health }),
    ]);
    // Where the others fail first, this fails only because the server is stopped then.
    pressing.catch(() => undefined);
    try {
      // Until the writers wait.
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      const times = await askAsOthers(faultEnvironment, node, others, options);
      state.isOver = true;
      await pressing;
      const report = { others: summary(times), refused: summary(refused), health: summary(health) };
      check(report, options);
      return report;
    } finally {
      state.isOver = true;
      await release();
    }
  });
}

function check({ others, refused, health }: LockOrganizationReport, options: LockOrganizationOptions): void {
  const told = JSON.stringify({ others, refused, health });
  const slowest = Math.max(others.max, refused.max, health.max);
  if (refused.count < options.writers) throw new Error(`too few requests met the lock: ${told}`);
  if (slowest > options.answeredWithin) throw new Error(`a request took ${slowest} ms: ${told}`);
  if (others.p99 > options.p99Within) throw new Error(`requests of others took ${others.p99} ms: ${told}`);
}

/** Locks what every write of an organization needs; gives what releases it. */
async function lock({ database, environment, folder }: FaultEnvironment, { id }: Organization) {
  if (database.family === "sqlite") {
    const other = new libsql(join(folder, "partnergraph.sqlite"));
    other.exec("BEGIN IMMEDIATE");
    return () => Promise.resolve(void other.close());
  }
  const outside = await createConnection(environment.DATABASE_URL ?? "");
  await outside.query("START TRANSACTION");
  await outside.query("SELECT * FROM organization_head WHERE organizationId = ? FOR UPDATE", [id]);
  return () => outside.end();
}

/** A write, and who does it. */
interface Write {
  token: string;
  query: string;
  variables: object;
}

/** Invitations of a client of the locked organization, one after the other. */
function anInvitation({ token }: Organization, client: number): (n: number) => Write {
  return (n) => {
    const variables = { email: `locked-${client}-${n}@customer.example`, key: `locked-${client}-${n}` };
    return { token, query: INVITE, variables };
  };
}

/** The acceptance of an invitation of the locked organization, by an organization that is new. */
async function anAcceptance(
  { issuer }: FaultEnvironment,
  node: ServerNode,
  inviter: Organization,
  client: number,
): Promise<Write> {
  const { body } = await askRaw(node.url, inviter.token, INVITE, {
    ...{ email: `accepts-${client}@customer.example`, key: `accepts-${client}` },
  });
  same("the code of an invitation", codeIn(body), undefined);
  const { link } = (body.data as { inviteCustomer: { link: string } }).inviteCustomer;
  const domain = `accepts-${client}.example`;
  const person = { tenantId: randomUUID(), subject: "boss", email: `boss@${domain}`, displayName: "Boss" };
  return {
    token: await issuer.sign({ ...person, isGlobalAdmin: true }, 3_600),
    query: ACCEPT,
    variables: { token: link.slice(link.indexOf("#") + 1), companyName: `Customer ${client}`, domain },
  };
}

interface Pressing {
  node: ServerNode;
  state: { isOver: boolean };
  times: number[];
}

/** Writes to the locked organization all the time; each must be refused, and nothing else. */
async function press({ node, state, times }: Pressing, writeOf: (n: number) => Write): Promise<void> {
  for (let n = 0; !state.isOver; n++) {
    const { token, query, variables } = writeOf(n);
    const { ms, body } = await askRaw(node.url, token, query, variables);
    times.push(ms);
    same("the code of a write to the locked organization", codeIn(body), "SERVICE_BUSY");
  }
}

async function watchHealth({ node, state, times }: Pressing): Promise<void> {
  while (!state.isOver) {
    for (const path of ["/healthz", "/readyz"]) {
      const startedAt = performance.now();
      const response = await fetch(`${node.url}${path}`);
      await response.text();
      times.push(performance.now() - startedAt);
      // On SQLite the lock is everybody's, which readiness tells after ten seconds.
      if (testDatabase === "mariadb") same(`the status of ${path}`, response.status, 200);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function askAsOthers(
  { signal, database }: FaultEnvironment,
  node: ServerNode,
  others: Organization[],
  { requests, busyOthers }: LockOrganizationOptions,
): Promise<number[]> {
  const times: number[] = [];
  let busy = 0;
  // One at a time of each organization: what waits for a lock then waits for another organization's.
  const asOne = async (from: number) => {
    for (let n = from; n < requests; n += others.length) {
      signal.throwIfAborted();
      const { token } = others[from];
      const isWrite = database.family === "mysql" && Math.floor(n / others.length) % 2 === 0;
      const variables = { email: `other-${n}@customer.example`, key: `other-${n}` };
      const { ms, body } = await askRaw(node.url, token, isWrite ? INVITE : READ, isWrite ? variables : {});
      times.push(ms);
      const what = `the code of a request of another organization (${isWrite ? "write" : "read"}, ${JSON.stringify(body.errors?.[0]?.message)})`;
      const code = codeIn(body);
      if (code !== "SERVICE_BUSY" || ++busy > busyOthers) same(what, code, undefined);
    }
  };
  await Promise.all(others.map((_, from) => asOne(from)));
  return times;
}

async function mustRead(node: ServerNode, { token }: Organization): Promise<void> {
  same("the code of a read", codeIn((await askRaw(node.url, token, READ)).body), undefined);
}

function codeIn({ errors, data }: RawAnswer["body"]): string | undefined {
  const userError = (data as { inviteCustomer?: { userErrors: { code: string }[] } } | null | undefined)
    ?.inviteCustomer?.userErrors[0];
  return errors?.[0]?.extensions.code ?? userError?.code;
}
