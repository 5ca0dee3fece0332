import { setTimeout as pause } from "node:timers/promises";
import type { PartnerUserActor } from "../../src/access/actor";
import { testContextOf } from "../api/at-the-endpoint";
import { aPartnerWithAdmin } from "../identity/api-keys";
import { aPartnerUser } from "../support/builders";
import { within } from "../support/patience";
import { makeTestDatabase } from "../support/test-database";
import { type Caller, startTestServer, type TestServer } from "../support/test-server";
import type { Partner } from "../../entities/partners/partner";
import { AgentRole } from "../../entities/identity/user";

/** How long somebody who has lost a right may still be heard of (issue 3, item 6). */
export const PROMISED_MS = 5_000;

/** Two servers on one database, as behind a load balancer without Redis. */
export interface TwoNodes {
  nodes: [TestServer, TestServer];
  stop(): Promise<void>;
}

/** Starts two servers on one new database. */
export async function startTwoNodes(environment: Record<string, string> = {}): Promise<TwoNodes> {
  const database = await makeTestDatabase({ migrated: true });
  const nodes: [TestServer, TestServer] = [
    await startTestServer(environment, database),
    await startTestServer(environment, database),
  ];
  const stop = async () => {
    for (const node of nodes) await node.stop();
    await database.drop();
  };
  return { nodes, stop };
}

/** A partner with its Global admin at a server's endpoint, and people that it can switch off. */
export interface Office {
  partner: Partner;
  admin: Caller;
  /** Another admin agent, and a token of its own that is good for ten minutes. */
  agent(roles?: AgentRole[]): Promise<{ actor: PartnerUserActor; token: string }>;
}

/** Makes a partner of its own, so that no test touches another one's people. */
export async function anOffice(server: TestServer): Promise<Office> {
  const testContext = testContextOf(server);
  const { partner, actor } = await aPartnerWithAdmin(testContext);
  const tokenOf = (person: PartnerUserActor, isGlobalAdmin: boolean) =>
    server.running.developmentIssuer?.sign({ ...person, isGlobalAdmin }, 600);
  return {
    partner,
    admin: server.withToken(await tokenOf(actor, true)),
    agent: async (agent = [AgentRole.ADMIN_AGENT]) => {
      const made = await aPartnerUser(testContext, partner, { agent });
      return { actor: made, token: (await tokenOf(made, false)) ?? "" };
    },
  };
}

/** Has a mutation done; fails with its errors if it is refused. */
export async function done(caller: Caller, mutation: string): Promise<unknown> {
  const answer = await caller.ask(`mutation { did: ${mutation} { userErrors { code message } } }`);
  const { userErrors } = (answer.data?.did ?? {}) as { userErrors?: unknown[] };
  if (userErrors?.length !== 0) throw new Error(JSON.stringify(answer));
  return answer;
}

/** What the promise gives, if it comes within the time that we promise, on a busy machine. */
export async function inTime<T>(promise: Promise<T>): Promise<T | "too late"> {
  return Promise.race([promise, pause(within(PROMISED_MS), "too late" as const, { ref: false })]);
}
