import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { EventSubscriber } from "./event-subscriber";
import { type FaultEnvironment, withFaultEnvironment, type Organization } from "./fault-environment";
import { checkAcceptances } from "./check-acceptances";
import { PatientClient } from "./patient-client";
import { checkPowerCut } from "./power-cut";
import type { ServerNode } from "./server-node";
import { summary, type Summary } from "./statistics";

/** How much of it. */
export interface KillServerOptions {
  invitations: number;
  kills: number;
  clients: number;
  /** How long the server may be away after a kill, in milliseconds: 5,000 on a machine of its own. */
  readyWithin: number;
  /** The run fails when it takes longer, in seconds. */
  longest?: number;
}

/** What was measured; all that must hold has held when this is given. */
export interface KillServerReport {
  readyAfterMs: Summary;
  requests: { sent: number; unanswered: number; busy: number };
  /** How many of the power cuts that were tried on SQLite took commits with them. */
  cutsThatTook: number;
  heard: number;
  resumed: number;
  seconds: number;
}

/** One invitation as its clients were answered. */
export interface Acceptance {
  partner: Organization;
  invitationId: string;
  link: string;
  customerId: string;
  relationshipId: string;
}

/** How many partners invite. */
export const PARTNERS = 3;
const TOKEN_SECONDS = 12 * 3600;

const INVITE = `mutation ($email: String!, $key: String!) {
  inviteCustomer(input: { recipientEmail: $email, idempotencyKey: $key }) {
    invitation { id } link userErrors { code message } } }`;
const ACCEPT = `mutation ($token: String!, $companyName: String!, $domain: String!) {
  acceptInvitation(input: { token: $token, companyName: $companyName, domain: $domain, country: "US" }) {
    invitation { status } relationships { id status customerId } userErrors { code message } } }`;

/**
 * Makes invitations and has each accepted by the Global admin of an organization of its own, through clients that repeat
 * what was not answered, while the server is killed at random moments and started again. Then everything must be there
 * once: in the answers, in the database, in every stream, and in the subscribers of two listeners.
 */
export function killServer(options: KillServerOptions): Promise<KillServerReport> {
  return withFaultEnvironment((options.longest ?? 1_800) * 1000, async (faultEnvironment) => {
    const began = performance.now();
    const node = await faultEnvironment.startNode();
    const client = new PatientClient(node.url, faultEnvironment.signal);
    const partners = await Promise.all(
      Array.from({ length: PARTNERS }, (_, n) => faultEnvironment.enrolPartner(`Partner ${n}`)),
    );
    const scenario = new Scenario(faultEnvironment, client, partners, options.invitations);
    // Each partner's first is made in peace, so that there is a cursor to listen from.
    while (scenario.begun < PARTNERS) await scenario.next();
    const subscribers = await Promise.all(
      partners.slice(0, 2).map((partner, n) => listen(faultEnvironment, client, partner, [node.url], n)),
    );
    const [cutsThatTook] = await Promise.all([
      killAtRandom(faultEnvironment, node, scenario, options.kills),
      scenario.run(options.clients),
    ]);
    const { accepted } = scenario;
    await checkAcceptances(faultEnvironment, node, {
      client,
      partners,
      accepted,
      subscribers,
      repeat: (n) => scenario.repeat(n),
    });
    const readyAfterMs = summary(node.readyAfter);
    if (readyAfterMs.max > options.readyWithin)
      throw new Error(`the server took ${readyAfterMs.max} ms to be ready again`);
    return {
      readyAfterMs,
      requests: client.counts,
      cutsThatTook,
      heard: subscribers.reduce((sum, { heard }) => sum + heard.events, 0),
      resumed: subscribers.reduce((sum, { heard }) => sum + heard.resumed, 0),
      seconds: Math.round((performance.now() - began) / 1000),
    };
  });
}

/** The invitations of a run, one after another, as the clients take them. */
export class Scenario {
  readonly accepted: Acceptance[] = [];
  begun = 0;

  constructor(
    private readonly faultEnvironment: FaultEnvironment,
    private readonly client: PatientClient,
    private readonly partners: Organization[],
    /** How many to make in all; may be changed while it runs. */
    public total: number,
  ) {}

  /** Does the rest with this many clients at once, and begins no more than so many a second. */
  async run(clients: number, perSecond = Infinity): Promise<void> {
    let next = performance.now();
    const work = async () => {
      while (this.begun < this.total) {
        const wait = next - performance.now();
        next = Math.max(next, performance.now()) + 1_000 / perSecond;
        if (wait > 0) await pause(wait);
        await this.next();
      }
    };
    await Promise.all(Array.from({ length: clients }, work));
  }

  /** Makes the next invitation and has it accepted. */
  async next(): Promise<void> {
    const n = this.begun++;
    const partner = this.partnerOf(n);
    const { invitationId, link } = await this.repeat(n);
    const tenantId = randomUUID();
    const domain = `customer-${n}.example`;
    const person = { tenantId, subject: "boss", email: `boss@${domain}`, displayName: "Boss" };
    const token = await this.faultEnvironment.issuer.sign({ ...person, isGlobalAdmin: true }, TOKEN_SECONDS);
    const secret = link.slice(link.indexOf("#") + 1);
    const variables = { token: secret, companyName: `Customer ${n}`, domain };
    const { acceptInvitation } = await this.client.ask(token, ACCEPT, variables);
    const [relationship, ...more] = acceptInvitation.relationships ?? [];
    if (
      acceptInvitation.invitation?.status !== "ACCEPTED" ||
      relationship?.status !== "ACTIVE" ||
      more.length > 0
    )
      throw new Error(`invitation ${n} was answered ${JSON.stringify(acceptInvitation)}`);
    const { id: relationshipId, customerId } = relationship;
    this.accepted[n] = { partner, invitationId, link, customerId, relationshipId };
  }

  /** Asks for an invitation with the key that belongs to it; however often, it must be the same one. */
  async repeat(n: number): Promise<{ invitationId: string; link: string }> {
    const variables = { email: `boss@customer-${n}.example`, key: `invite-${n}` };
    const { inviteCustomer } = await this.client.ask(this.partnerOf(n).token, INVITE, variables);
    if (!inviteCustomer.invitation) throw new Error(`invitation ${n}: ${JSON.stringify(inviteCustomer)}`);
    return { invitationId: inviteCustomer.invitation.id, link: inviteCustomer.link };
  }

  private partnerOf(n: number): Organization {
    const partner = this.partners[n % this.partners.length];
    if (!partner) throw new Error("there are no partners");
    return partner;
  }
}

/**
 * Kills the server when this many of the invitations have been accepted, at moments drawn beforehand; one time in four once
 * more while it starts, at a moment that need not be before it is ready. Gives how many power cuts took commits with them.
 */
async function killAtRandom(
  faultEnvironment: FaultEnvironment,
  node: ServerNode,
  scenario: Scenario,
  kills: number,
): Promise<number> {
  let cutsThatTook = 0;
  const again = Array.from({ length: kills }, () => Math.random() < 0.25);
  const moments = again
    .map(() => Math.floor((PARTNERS + Math.random() * (scenario.total - PARTNERS)) * 0.97))
    .sort((a, b) => a - b);
  for (let done = 0; done < kills;) {
    const moment = moments[done] ?? 0;
    while (Object.keys(scenario.accepted).length < moment) {
      faultEnvironment.signal.throwIfAborted();
      await pause(5);
    }
    await pause(Math.random() * 60);
    await node.kill();
    done++;
    if (again[done] && done < kills) {
      node.spawn();
      await pause(Math.random() * 900);
      await node.kill();
      done++;
    }
    if (faultEnvironment.database.family === "sqlite") cutsThatTook += await cutPower(faultEnvironment);
    await node.start();
  }
  return cutsThatTook;
}

/** Tries a power cut on a copy of the database; 1 when it took commits with it, otherwise 0. */
async function cutPower({ database, folder }: FaultEnvironment): Promise<number> {
  const left = await checkPowerCut(join(folder, "partnergraph.sqlite"));
  const [row] = await database.read((reads) => reads.rows<{ n: number }>("SELECT COUNT(*) AS n FROM event"));
  return left < Number(row?.n) ? 1 : 0;
}

/** Listens to a partner's stream from its first event on, the first partner by WebSocket, the second by SSE. */
export async function listen(
  { atTheEnd }: FaultEnvironment,
  client: PatientClient,
  { id: stream, token }: Organization,
  urls: string[],
  n: number,
): Promise<EventSubscriber> {
  const { events } = await client.ask(token, "{ events(first: 1) { nodes { position cursor } } }");
  const eventSubscriber = new EventSubscriber(
    { stream, token, eventEndpoint: n === 0 ? "websocket" : "sse", ...events.nodes[0] },
    urls,
  );
  atTheEnd(() => Promise.resolve(eventSubscriber.close()));
  eventSubscriber.open();
  return eventSubscriber;
}
