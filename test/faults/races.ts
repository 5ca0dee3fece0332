import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { expiredInvitations } from "../../src/invitations/expire-invitations.processor";
import { type FaultEnvironment, withFaultEnvironment, type Organization } from "./fault-environment";
import {
  type InvitationAction,
  type InvitationCall,
  type InvitationHistory,
  problemsOf,
} from "./invitation-model";
import { same } from "./check-acceptances";
import { PatientClient } from "./patient-client";
import { type RaceRows, readRaceRows } from "./race-rows";
import { summary, type Summary } from "./statistics";

/** How much of it. */
export interface RacesOptions {
  nodes: number;
  /** Invitations that many accept at once. */
  invitations: number;
  /** How many accept each of them at once. */
  accepts: number;
  /** Invitations of which accepting, declining, revoking and expiring race. */
  races: number;
  /** Races under way at once. */
  atOnce: number;
  /** The run fails when it takes longer, in seconds. */
  longest: number;
}

/** What was measured; all that must hold has held when this is given. */
export interface RacesReport {
  calls: number;
  /** How often each end came of the races with several actions. */
  ends: Record<string, number>;
  /** How often each answer was given. */
  answers: Record<string, number>;
  callMs: Summary;
  seconds: number;
}

const TOKEN_SECONDS = 3_600;

/** Organizations that race for one invitation; each calls several times at once where there are more calls. */
const MAX_ORGANIZATIONS = 10;

/** The calls of one race begin within this time, and its deadline lies there where it has one. */
const RACE_MS = 30;

const INVITE = `mutation ($email: String!) { inviteCustomer(input: { recipientEmail: $email }) {
  invitation { id } link userErrors { code message } } }`;
const DOCUMENTS: Record<InvitationAction, string> = {
  accept: `mutation ($token: String!, $companyName: String!, $domain: String!) {
    acceptInvitation(input: { token: $token, companyName: $companyName, domain: $domain, country: "US" }) {
      userErrors { code message } } }`,
  decline: `mutation ($token: String!) { declineInvitation(input: { token: $token }) { userErrors { code message } } }`,
  revoke: `mutation ($id: ID!) { revokeInvitation(input: { invitationId: $id }) { userErrors { code message } } }`,
};

/** A call of a race that is about to be made. */
interface Planned {
  action: InvitationAction;
  /** The tenant id of the organization, or the partner's id. */
  by: string;
  token: string;
  variables: object;
}

/**
 * Has many organizations accept one invitation at once, and then accepting, declining, revoking and expiring race, through several
 * servers on one database. Each history must be one that the model of an invitation allows, and everything must be stored once.
 */
export function race(options: RacesOptions): Promise<RacesReport> {
  return withFaultEnvironment(options.longest * 1_000, async (faultEnvironment) => {
    const began = performance.now();
    const urls: string[] = [];
    while (urls.length < options.nodes) urls.push((await faultEnvironment.startNode()).url);
    const partner = await faultEnvironment.enrolPartner("Partner");
    const races = new Races(faultEnvironment, urls, partner);
    await races.run(options.invitations, 2, (n) => races.acceptAtOnce(n, options.accepts));
    const before = races.histories.length;
    await races.run(options.races, options.atOnce, (n) => races.mixed(n));
    const histories = complete(races, await readRaceRows(faultEnvironment.database));
    const problems = histories.flatMap(problemsOf);
    if (problems.length > 0)
      throw new Error(`${problems.length} problems, among them:\n${problems.slice(0, 10).join("\n")}`);
    const ends = countBy(histories.slice(before).map(({ stored }) => stored.status));
    if (options.races >= 100) same("how races ended", Object.keys(ends).length, 4);
    const { program, environment } = faultEnvironment;
    const verified = await program.partnergraph(["verify"], environment);
    same(`verify: ${verified.stdout.slice(-500)}${verified.stderr}`, verified.code, 0);
    const calls = histories.flatMap((history) => history.calls);
    return {
      calls: calls.length,
      ends,
      answers: countBy(calls.map(({ outcome, code }) => code ?? outcome)),
      callMs: summary(calls.map(({ invokedAt, returnedAt }) => returnedAt - invokedAt)),
      seconds: Math.round((performance.now() - began) / 1_000),
    };
  });
}

/** A history before its rows were read. */
type Raced = Pick<InvitationHistory, "id" | "calls" | "expiresAt">;

class Races {
  readonly histories: Raced[] = [];
  private readonly clients: PatientClient[];

  constructor(
    private readonly faultEnvironment: FaultEnvironment,
    urls: string[],
    readonly partner: Organization,
  ) {
    this.clients = urls.map((url) => new PatientClient(url, faultEnvironment.signal));
  }

  /** Does races 0 to `total`, so many at once. */
  async run(total: number, atOnce: number, one: (n: number) => Promise<void>): Promise<void> {
    let begun = 0;
    const work = async () => {
      while (begun < total) await one(begun++);
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  }

  /** Many accept one invitation in the same moment: several organizations, each with several calls. */
  async acceptAtOnce(n: number, accepts: number): Promise<void> {
    const { id, token } = await this.invite(`crowd-${n}`);
    const organizations = Math.min(MAX_ORGANIZATIONS, Math.ceil(accepts / 2));
    const plans = await Promise.all(
      Array.from({ length: organizations }, (_, at) => this.accepting(token, `crowd-${n}-${at}`)),
    );
    const calls = Array.from({ length: accepts }, (_, at) => this.call(plans[at % plans.length], 0));
    this.histories.push({ id, calls: await Promise.all(calls) });
  }

  /** Two accept, one of them declines too, the partner revokes, and in every other race the time is over meanwhile. */
  async mixed(n: number): Promise<void> {
    const { id, token } = await this.invite(`mixed-${n}`);
    const one = await this.accepting(token, `mixed-${n}-0`);
    const other = await this.accepting(token, `mixed-${n}-1`);
    const declining: Planned = { ...one, action: "decline", variables: { token } };
    const revoking: Planned = {
      ...{ action: "revoke", by: this.partner.id, token: this.partner.token, variables: { id } },
    };
    const expiresAt = n % 2 === 0 ? Date.now() + Math.floor(Math.random() * RACE_MS) : undefined;
    if (expiresAt !== undefined) await this.setDeadline(id, expiresAt);
    const plans = [one, other, declining, revoking].filter(() => Math.random() < 0.75);
    const expiring = expiresAt === undefined ? Promise.resolve() : this.expire(id, expiresAt);
    const calls = await Promise.all(plans.map((plan) => this.call(plan, Math.random() * RACE_MS)));
    await expiring;
    if (expiresAt !== undefined) await this.process(id);
    // Where nothing was drawn, somebody must end it, so that there is an end to compare.
    if (plans.length === 0 && expiresAt === undefined) calls.push(await this.call(revoking, 0));
    this.histories.push({ id, calls, expiresAt });
  }

  private async invite(name: string): Promise<{ id: string; token: string }> {
    const { inviteCustomer } = await this.client().ask(this.partner.token, INVITE, {
      email: `${name}@shop.example`,
    });
    if (!inviteCustomer.invitation) throw new Error(`${name}: ${JSON.stringify(inviteCustomer)}`);
    const { link } = inviteCustomer as { link: string };
    const token = link.slice(link.indexOf("#") + 1);
    return { id: inviteCustomer.invitation.id, token };
  }

  /** An acceptance by the Global admin of an organization that is not known yet. */
  private async accepting(token: string, name: string): Promise<Planned> {
    const [tenantId, domain] = [randomUUID(), `${name}.example`];
    const person = { tenantId, subject: "boss", email: `boss@${domain}`, displayName: "Boss" };
    const bearer = await this.faultEnvironment.issuer.sign({ ...person, isGlobalAdmin: true }, TOKEN_SECONDS);
    return {
      ...{ action: "accept", by: tenantId, token: bearer },
      variables: { token, companyName: name, domain },
    };
  }

  /** Makes a call at a server drawn at random, after a wait; notes when it began, when it was answered, and with what. */
  private async call(plan: Planned | undefined, waitMs: number): Promise<InvitationCall> {
    if (!plan) throw new Error("nothing is planned");
    const { action, by, token, variables } = plan;
    if (waitMs > 0) await pause(waitMs);
    const invokedAt = Date.now();
    const noted = (outcome: InvitationCall["outcome"], code?: string): InvitationCall => ({
      ...{ action, by, invokedAt, returnedAt: Date.now(), outcome },
      ...(code !== undefined && { code }),
    });
    try {
      const data = (await this.client().ask(token, DOCUMENTS[action], variables)) as Record<
        string,
        { userErrors: { code: string }[] } | null
      >;
      const [payload] = Object.values(data);
      const code = payload?.userErrors[0]?.code;
      return code === undefined ? noted("done") : noted("refused", code);
    } catch (error) {
      this.faultEnvironment.signal.throwIfAborted();
      return noted("failed", (error as Error).message);
    }
  }

  private client(): PatientClient {
    const client = this.clients[Math.floor(Math.random() * this.clients.length)];
    if (!client) throw new Error("there are no servers");
    return client;
  }

  private setDeadline(id: string, expiresAt: number): Promise<void> {
    const deadline = new Date(expiresAt).toISOString();
    return this.faultEnvironment.transact((tx) =>
      tx.execute("UPDATE invitation SET expiresAt = ? WHERE id = ?", [deadline, id]),
    );
  }

  /** What every server does each half minute, in the moment of the deadline. It passes over a row that a call has locked. */
  private async expire(id: string, expiresAt: number): Promise<void> {
    await pause(Math.max(0, expiresAt - Date.now()));
    await this.process(id);
  }

  private process(id: string): Promise<void> {
    return this.faultEnvironment.transact((tx) => expiredInvitations.process(tx, [id]));
  }
}

/** Joins what the callers saw with what is stored. */
function complete({ histories, partner }: Races, { invitations, events }: RaceRows): InvitationHistory[] {
  return histories.map((raced) => {
    const row = invitations.get(raced.id);
    const { status = "lost", acceptedBy } = row ?? {};
    return {
      ...raced,
      stored: { status, ...(acceptedBy !== undefined && { acceptedBy }) },
      events: events.get(raced.id) ?? {},
      partner: partner.id,
    };
  });
}

function countBy(words: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
