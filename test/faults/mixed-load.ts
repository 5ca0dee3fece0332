import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { getIntrospectionQuery } from "graphql";
import type { Crowd } from "./crowd";
import type { FaultEnvironment } from "./fault-environment";
import { PatientClient } from "./patient-client";
import { summary, type Summary } from "./statistics";

/** How requests are made. */
export interface LoadPace {
  /** Requests that are under way at once, at most. */
  clients: number;
  forMs: number;
  /** Requests a second; as many as are answered where it is left out. */
  rate?: number;
}

/** What came of them. */
export interface LoadReport {
  requestsPerSecond: number;
  /** How long answers took by the kind of request, in milliseconds. */
  tookMs: Record<string, Summary>;
}

const CUSTOMER = "id companyName domain country since version";
const LIST = `query ($first: Int!) { customers(first: $first) { nodes { ${CUSTOMER}
  relationships { id status partner { id name } } subscriptions(first: 2) { nodes { id status } } } totalCount } }`;
const LONG = `{ customers(first: 500) { nodes { ${CUSTOMER} contactEmail } } }`;
const BY_ID = `query ($id: ID!) { customer(id: $id) { ${CUSTOMER} cloud tenantId } }`;
const SEARCH = `query ($text: String!) { customers(first: 20, filter: { companyNameStartsWith: $text }) { nodes { id } } }`;
const EVENTS = `{ events(first: 200) { nodes { id type position cursor occurredAt } } }`;
const ACTIVITY = `{ activityLog(first: 200) { nodes { id operation occurredAt actorName newValues } } }`;
const UPDATE = `mutation ($id: ID!, $name: String!) {
  updateCustomer(input: { customerId: $id, companyName: $name }) { customer { id } userErrors { code message } } }`;
const INVITE = `mutation ($email: String!) {
  inviteCustomer(input: { recipientEmail: $email }) { invitation { id } link userErrors { code message } } }`;
const ACCEPT = `mutation ($token: String!, $domain: String!) { acceptInvitation(
  input: { token: $token, companyName: "New", domain: $domain, country: "US" }) {
  relationships { id } userErrors { code message } } }`;

/** Which share of the requests is of which kind. */
const WEIGHTS: [kind: Kind, weight: number][] = [
  ["list", 25],
  ["byId", 25],
  ["search", 10],
  ["events", 10],
  ["activity", 5],
  ["update", 10],
  ["invite", 8],
  ["accept", 4],
  ["long", 1.5],
  ["csv", 1],
  ["introspection", 0.5],
];
const TOKEN_SECONDS = 3_600;

type Kind =
  | "list"
  | "byId"
  | "search"
  | "events"
  | "activity"
  | "update"
  | "invite"
  | "accept"
  | "long"
  | "csv"
  | "introspection";

/** Requests of every kind that people and integrations make, from a crowd of organizations. */
export class MixedLoad {
  private readonly client: PatientClient;
  private readonly links: string[] = [];
  private made = 0;

  constructor(
    private readonly faultEnvironment: FaultEnvironment,
    private readonly crowd: Crowd,
    private readonly url: string,
  ) {
    this.client = new PatientClient(url, faultEnvironment.signal);
  }

  /** Makes requests for some time, and waits until the last one is answered. */
  async run({ clients, forMs, rate }: LoadPace): Promise<LoadReport> {
    const took = new Map<Kind, number[]>();
    const began = performance.now();
    let begun = 0;
    const work = async () => {
      while (performance.now() < began + forMs) {
        this.faultEnvironment.signal.throwIfAborted();
        const due = rate === undefined ? 0 : began + (begun / rate) * 1_000 - performance.now();
        begun++;
        if (due > 0) await pause(due);
        const kind = this.next();
        const askedAt = performance.now();
        await this.ask(kind);
        const times = took.get(kind) ?? [];
        took.set(kind, times);
        times.push(performance.now() - askedAt);
      }
    };
    await Promise.all(Array.from({ length: clients }, work));
    const seconds = (performance.now() - began) / 1_000;
    const tookMs = Object.fromEntries([...took].map(([kind, times]) => [kind, summary(times)]));
    return { requestsPerSecond: Math.round(begun / seconds), tookMs };
  }

  private next(): Kind {
    const all = WEIGHTS.reduce((sum, [, weight]) => sum + weight, 0);
    let at = Math.random() * all;
    for (const [kind, weight] of WEIGHTS) if ((at -= weight) < 0) return kind;
    return "byId";
  }

  private async ask(kind: Kind): Promise<void> {
    const { customers } = this.crowd;
    const n = this.made++;
    const one = customers[Math.floor(Math.random() * customers.length)];
    if (!one) throw new Error("there are no customers");
    const { token } = one.organization;
    const id = one.customerId;
    if (kind === "csv") return this.download(token);
    if (kind === "accept") return this.accept(n);
    const documents: Record<Exclude<Kind, "csv" | "accept">, [query: string, variables?: object]> = {
      list: [LIST, { first: 50 }],
      byId: [BY_ID, { id }],
      search: [SEARCH, { text: "Cust" }],
      events: [EVENTS],
      activity: [ACTIVITY],
      update: [UPDATE, { id, name: `Customer ${n}` }],
      invite: [INVITE, { email: `boss-${n}@somewhere.example` }],
      long: [LONG],
      introspection: [getIntrospectionQuery()],
    };
    const data = await this.client.ask(token, ...documents[kind]);
    if (kind === "invite") this.links.push(data.inviteCustomer.link as string);
  }

  private async accept(n: number): Promise<void> {
    const link = this.links.pop();
    if (link === undefined) return this.ask("invite");
    const domain = `accepted-${n}.example`;
    const person = { tenantId: randomUUID(), subject: "boss", email: `boss@${domain}`, displayName: "Boss" };
    const token = await this.faultEnvironment.issuer.sign({ ...person, isGlobalAdmin: true }, TOKEN_SECONDS);
    await this.client.ask(token, ACCEPT, { token: link.slice(link.indexOf("#") + 1), domain });
  }

  private async download(token: string): Promise<void> {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${this.url}/activity-log.csv`, { headers });
    await response.text();
    if (response.status !== 200) throw new Error(`a file was refused with ${response.status}`);
  }
}
