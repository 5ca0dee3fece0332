import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { demoPeople } from "../../src/demo";
import type { FaultEnvironment } from "./fault-environment";
import { same } from "./check-acceptances";
import { PatientClient } from "./patient-client";
import type { ServerNode } from "./server-node";

const TOKEN_SECONDS = 3_600;

const INVITE = `mutation ($email: String!, $key: String!) {
  inviteCustomer(input: { recipientEmail: $email, idempotencyKey: $key }) { invitation { id } link userErrors { code } } }`;
const ACCEPT = `mutation ($token: String!, $companyName: String!, $domain: String!) {
  acceptInvitation(input: { token: $token, companyName: $companyName, domain: $domain, country: "US" }) {
    invitation { id } relationships { id customerId } userErrors { code } } }`;
const CREATE = `mutation ($name: String!, $domain: String!, $key: String!) {
  createCustomer(input: { companyName: $name, domain: $domain, country: "US", contactEmail: "office@mail.example", idempotencyKey: $key }) {
    customer { id companyName version } userErrors { code } } }`;
const UPDATE = `mutation ($id: ID!, $name: String!, $version: Int!) {
  updateCustomer(input: { customerId: $id, companyName: $name, expectedVersion: $version }) {
    customer { id companyName } userErrors { code } } }`;
const SEARCH = `query ($name: String!) { customers(first: 5, filter: { companyNameStartsWith: $name }) { nodes { id } } }`;
const BUY = `mutation ($customer: ID!, $offer: ID!, $key: String!) {
  createSubscription(input: { customerId: $customer, offerId: $offer, quantity: 3, idempotencyKey: $key }) {
    subscription { id version } userErrors { code } } }`;
const CHANGE = `mutation ($id: ID!) { changeSubscription(input: { subscriptionId: $id, quantity: 5 }) {
  subscription { id quantity } userErrors { code } } }`;
const EVENTS = `query ($after: String) { events(first: 3, after: $after) { nodes { position } pageInfo { endCursor hasNextPage } } }`;
const CUSTOMERS = `query ($after: String) { customers(first: 3, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } }`;
const OFFERS = `{ offers(first: 50, country: "US") { nodes { id catalogId } } }`;

/**
 * Work that goes from one server to another in its middle, as behind a load balancer: what one of them made the next one reads, changes
 * and repeats. The demo's partner does it; clients repeat what was not answered, and every refusal is an error.
 */
export class LoadAcrossServers {
  /** How often each kind of work was done. */
  readonly done: Record<string, number> = {};
  private readonly clients = new Map<ServerNode, PatientClient>();
  private token = "";
  private offer = "";
  private begun = 0;
  private isOver = false;

  constructor(
    private readonly faultEnvironment: FaultEnvironment,
    /** The servers that take requests now; may change while it runs. */
    private readonly nodes: ServerNode[],
  ) {}

  /** Fetches what the work needs. */
  async prepare(): Promise<void> {
    this.token = await this.tokenOf("direct-agent");
    const { offers } = await this.ask(OFFERS, {});
    const [offer] = (offers.nodes as { id: string; catalogId: string }[]).filter(
      ({ catalogId }) => catalogId === "PG-WORKPLACE",
    );
    this.offer = offer?.id ?? "";
  }

  /** A token of one of the demo's people. */
  async tokenOf(name: string): Promise<string> {
    const person = demoPeople[name];
    if (!person) throw new Error(`there is no ${name}`);
    return this.faultEnvironment.issuer.sign(person, TOKEN_SECONDS);
  }

  /** Works at about so many requests a second, until `stop` is called. */
  async run(rate: number): Promise<void> {
    const works = [() => this.invitation(), () => this.customer(), () => this.pages()];
    const startedAt = performance.now();
    let requests = 0;
    const worker = async () => {
      while (!this.isOver) {
        const earlyMs = (requests / rate) * 1_000 - (performance.now() - startedAt);
        if (earlyMs > 0) await pause(earlyMs);
        requests += 3; // Each work is some requests.
        await works[this.begun++ % works.length]?.();
      }
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
  }

  /** Ends it; `run` resolves when everything that was begun is done. */
  stop(): void {
    this.isOver = true;
  }

  /** An invitation that is asked for twice with one key, and accepted by an organization that is not known. */
  private async invitation(): Promise<void> {
    const name = randomUUID();
    const variables = { email: `boss@${name}.example`, key: name };
    const { inviteCustomer: first } = await this.ask(INVITE, variables);
    const { inviteCustomer: repeated } = await this.ask(INVITE, variables);
    same("an invitation that is asked for again at another server", repeated, first);
    const token = (first.link as string).slice((first.link as string).indexOf("#") + 1);
    const person = { tenantId: name, subject: "boss", email: variables.email, displayName: "Boss" };
    const bearer = await this.faultEnvironment.issuer.sign({ ...person, isGlobalAdmin: true }, TOKEN_SECONDS);
    const company = { token, companyName: `Accepted ${name}`, domain: `${name}.example` };
    const { acceptInvitation } = await this.ask(ACCEPT, company, bearer);
    const { acceptInvitation: again } = await this.ask(ACCEPT, company, bearer);
    same("an acceptance that is repeated at another server", again, acceptInvitation);
    this.count("invitations");
  }

  /** A customer that is made, made again with the same key, changed, found by its new name, and sold to. */
  private async customer(): Promise<void> {
    const key = randomUUID();
    const variables = { name: `Made ${key}`, domain: `${key}.example`, key };
    const { createCustomer: first } = await this.ask(CREATE, variables);
    const { createCustomer: repeated } = await this.ask(CREATE, variables);
    same("a customer that is made again at another server", repeated, first);
    const { id, version } = first.customer as { id: string; version: number };
    const name = `Ärzte ${key}`;
    const { updateCustomer } = await this.ask(UPDATE, { id, name, version });
    same("the changed customer", updateCustomer, { customer: { id, companyName: name }, userErrors: [] });
    const { customers } = await this.ask(SEARCH, { name: `arzte ${key.slice(0, 12)}` });
    same("who is found by the new name", customers.nodes, [{ id }]);
    const bought = await this.ask(BUY, { customer: id, offer: this.offer, key: `buy ${key}` });
    const { id: subscriptionId } = bought.createSubscription.subscription as { id: string };
    const { changeSubscription } = await this.ask(CHANGE, { id: subscriptionId });
    same("the changed subscription", changeSubscription.subscription, { id: subscriptionId, quantity: 5 });
    this.count("customers");
  }

  /** Pages whose cursors are used at another server than gave them. */
  private async pages(): Promise<void> {
    for (const [name, query] of [
      ["events", EVENTS],
      ["customers", CUSTOMERS],
    ] as const) {
      const { [name]: first } = await this.ask(query, {});
      const { [name]: second } = await this.ask(query, { after: first.pageInfo.endCursor });
      const seen = JSON.stringify(first.nodes);
      for (const node of second.nodes as object[])
        same(`whether a page of ${name} repeats a row`, seen.includes(JSON.stringify(node)), false);
    }
    this.count("pages");
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shape is the document's
  private async ask(query: string, variables: object, token = this.token): Promise<any> {
    const data = await this.client().ask(token, query, variables);
    const problems = Object.values(data as Record<string, { userErrors?: object[] } | null>).flatMap(
      (payload) => payload?.userErrors ?? [],
    );
    if (problems.length > 0)
      throw new Error(`refused: ${JSON.stringify(problems)} for ${JSON.stringify(variables)}`);
    return data;
  }

  /** A client of another server each time. */
  private client(): PatientClient {
    const node = this.nodes[Math.floor(Math.random() * this.nodes.length)];
    if (!node) throw new Error("there are no servers");
    const client = this.clients.get(node) ?? new PatientClient(node.url, this.faultEnvironment.signal);
    this.clients.set(node, client);
    return client;
  }

  private count(work: string): void {
    this.done[work] = (this.done[work] ?? 0) + 1;
  }
}
