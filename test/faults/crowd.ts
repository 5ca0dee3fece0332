import { randomBytes, randomUUID } from "node:crypto";
import { Cloud } from "../../entities/partners/partner";
import { getPartner, registerCustomer } from "../../src/organizations";
import { establishRelationship } from "../../src/relationships";
import type { Place } from "./event-subscriber";
import type { FaultEnvironment, Organization } from "./fault-environment";
import type { PatientClient } from "./patient-client";
import type { Writer } from "./writer";

/** A live operation that reads an object of each event from the database. */
export const NESTED_QUERY = `subscription ($after: String) { events(after: $after) {
  id position cursor occurredAt ... on CustomerEvent { companyName customer { id companyName domain } } } }`;

/** Organizations whose people listen. */
export interface CrowdSize {
  /** What their names begin with. */
  name: string;
  organizations: number;
  /** Users of each. */
  users: number;
  /** In all, spread evenly over the organizations and their users. */
  listeners: number;
  /** How many events each organization has behind the places of its listeners. */
  eventsBehind: number;
  /** Whether half of the listeners come by SSE; all come by WebSocket otherwise. */
  sse: boolean;
}

/** A customer of an organization of a crowd. */
export interface CrowdCustomer {
  organization: Organization;
  customerId: string;
}

/** Organizations, their customers, and the places from which their people listen. */
export interface Crowd {
  organizations: Organization[];
  customers: CrowdCustomer[];
  places: Place[];
}

const CUSTOMERS = 5;
const EVENTS_AT_ONCE = 500;

/** Makes organizations with customers and events, and a place for each listener: behind the first event, before all others. */
export async function makeCrowd(
  faultEnvironment: FaultEnvironment,
  writer: Writer,
  client: PatientClient,
  size: CrowdSize,
): Promise<Crowd> {
  const crowd: Crowd = { organizations: [], customers: [], places: [] };
  const tokens: string[][] = [];
  for (let n = 0; n < size.organizations; n++) {
    const organization = await faultEnvironment.enrolPartner(`${size.name} ${n}`);
    crowd.organizations.push(organization);
    await writer.record(organization, 1, "The first");
    for (let at = 0; at < CUSTOMERS; at++)
      crowd.customers.push({ organization, customerId: await makeCustomer(faultEnvironment, organization) });
    const users = [organization.token];
    while (users.length < size.users) users.push(await faultEnvironment.addUser(organization));
    tokens.push(users);
  }
  await writeBehind(writer, crowd, size.eventsBehind);
  const first = await Promise.all(crowd.organizations.map(({ token }) => firstEvent(client, token)));
  for (let n = 0; n < size.listeners; n++) {
    const at = n % size.organizations;
    const round = Math.floor(n / size.organizations);
    const { id: stream } = crowd.organizations[at] ?? { id: "" };
    const token = tokens[at]?.[round % size.users] ?? "";
    const eventEndpoint = size.sse && Math.floor(round / size.users) % 2 ? "sse" : "websocket";
    crowd.places.push({ stream, token, eventEndpoint, query: NESTED_QUERY, ...first[at] });
  }
  return crowd;
}

async function firstEvent(
  client: PatientClient,
  token: string,
): Promise<{ position: number; cursor: string }> {
  const { events } = await client.ask(token, "{ events(first: 1) { nodes { position cursor } } }");
  return events.nodes[0] as { position: number; cursor: string };
}

async function writeBehind(writer: Writer, { customers }: Crowd, eventsOfEach: number): Promise<void> {
  for (const { organization, customerId } of customers) {
    for (let left = Math.ceil(eventsOfEach / CUSTOMERS); left > 0; left -= EVENTS_AT_ONCE)
      await writer.record(organization, Math.min(left, EVENTS_AT_ONCE), "Behind", customerId);
  }
}

async function makeCustomer({ transact, database }: FaultEnvironment, { id }: Organization): Promise<string> {
  const tag = randomBytes(5).toString("hex");
  const partner = await database.read((reads) => getPartner(reads, id));
  return transact(async (tx) => {
    const place = { country: "US", cloud: Cloud.PUBLIC };
    const names = { companyName: `Customer ${tag}`, domain: `customer-${tag}.example` };
    const customer = await registerCustomer(tx, { ...place, ...names, tenantId: randomUUID() });
    await establishRelationship(tx, { partner, customer, invitationId: null });
    return customer.id;
  });
}
