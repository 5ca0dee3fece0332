import { type Question, questions as asked, type Request, requestsOf } from "../requests/questions";
import { RARE_NAME } from "./customer-sql";
import type { GrowthSupply } from "./supply";

/** One thing that both databases are asked. */
export interface GrowthQuestion extends Question {
  requests(supply: GrowthSupply, count: number): Request[];
}

const PAGE = "pageInfo { hasNextPage endCursor }";
const CUSTOMERS = `query ($filter: CustomerFilter) { customers(first: 20, filter: $filter) {
  nodes { id companyName domain since } ${PAGE} } }`;
const RELATIONSHIPS = `query ($after: String, $status: RelationshipStatus) { relationships(first: 50, after: $after, status: $status) {
  nodes { id kind status establishedAt } ${PAGE} } }`;
const SUBSCRIPTIONS = `query ($after: String, $status: SubscriptionStatus) { subscriptions(first: 50, after: $after, status: $status) {
  nodes { id offerName quantity status termEndsAt } ${PAGE} } }`;
const INVITATIONS = `query ($after: String, $status: InvitationStatus) { invitations(first: 50, after: $after, status: $status) {
  nodes { id status recipientEmail expiresAt } ${PAGE} } }`;
const EVENTS = `query ($after: String, $types: [EventType!], $customerId: ID) {
  events(first: 50, after: $after, types: $types, customerId: $customerId) {
    nodes { id position cursor type occurredAt ... on CustomerEvent { customerId companyName } } ${PAGE} } }`;

type Variables = object | ((supply: GrowthSupply) => object);

/** A question that is one request, or one for each of some customers. */
function reading(name: string, title: string, document: string, ...variables: Variables[]): GrowthQuestion {
  const requests = (supply: GrowthSupply) =>
    (variables.length > 0 ? variables : [{}]).map((each) => ({
      body: JSON.stringify({ query: document, variables: typeof each === "function" ? each(supply) : each }),
      token: supply.readerToken,
    }));
  return { name, title, document, mutates: false, requests };
}

/** One that the bench of requests asks too. */
function again(name: string, title?: string): GrowthQuestion {
  const question = asked.find((one) => one.name === name);
  if (!question) throw new Error(`the bench of requests does not ask ${name}`);
  const requests = (supply: GrowthSupply, count: number) => requestsOf(question, supply, count);
  return { ...question, ...(title && { title }), requests };
}

const search = (filter: object) => ({ filter });

/** What is asked of both, in this order; the mutations come last. */
export const growthQuestions: GrowthQuestion[] = [
  again("byId"),
  again("list"),
  again("listMiddle"),
  again("listEnd"),
  reading(
    "searchCommon",
    "20 customers whose names begin with c, as one in six does",
    CUSTOMERS,
    search({ companyNameStartsWith: "c" }),
  ),
  reading(
    "searchWord",
    "20 customers by a first word, one in forty, in turns",
    CUSTOMERS,
    ...["amber", "heron", "willow"].map((word) => search({ companyNameStartsWith: word })),
  ),
  reading(
    "searchDomain",
    "20 customers by the beginning of the domain, in turns",
    CUSTOMERS,
    ...["p", "meadow", "quartz-b"].map((word) => search({ domainStartsWith: word })),
  ),
  reading(
    "searchRare",
    "a name that begins like no other",
    CUSTOMERS,
    search({ companyNameStartsWith: RARE_NAME.slice(0, 6) }),
  ),
  reading("searchNone", "a name that nobody has", CUSTOMERS, search({ companyNameStartsWith: "xylophone" })),
  reading("totalCount", "how many customers there are", "{ customers(first: 1) { totalCount } }"),
  reading(
    "totalCounts",
    "how many relationships, subscriptions, invitations and events there are",
    "{ relationships(first: 1) { totalCount } subscriptions(first: 1) { totalCount } invitations(first: 1) { totalCount } events(first: 1) { totalCount } }",
  ),
  reading("relationships", "the first 50 relationships", RELATIONSHIPS),
  reading("relationshipsDeep", "50 relationships after 70 %", RELATIONSHIPS, ({ deep }) => ({
    after: deep.relationship,
  })),
  reading("subscriptions", "the first 50 subscriptions", SUBSCRIPTIONS),
  reading("subscriptionsDeep", "50 subscriptions after 70 %", SUBSCRIPTIONS, ({ deep }) => ({
    after: deep.subscription,
  })),
  reading(
    "subscriptionsSuspended",
    "20 suspended subscriptions, as one in fifty is",
    SUBSCRIPTIONS.replace("first: 50", "first: 20"),
    { status: "SUSPENDED" },
  ),
  reading("subscriptionsRare", "the expired subscriptions, of which there are none", SUBSCRIPTIONS, {
    status: "EXPIRED",
  }),
  reading("invitations", "the newest 50 invitations that were accepted", INVITATIONS, { status: "ACCEPTED" }),
  reading("invitationsDeep", "50 invitations after 70 %", INVITATIONS, ({ deep }) => ({
    after: deep.invitation,
  })),
  reading("eventsMiddle", "50 events in the middle of the stream", EVENTS, ({ middleOfEvents: after }) => ({
    after,
  })),
  reading(
    "eventsOfType",
    "50 events of one type from the middle on",
    EVENTS,
    ({ middleOfEvents: after }) => ({ after, types: ["SUBSCRIPTION_CREATED"] }),
  ),
  reading("eventsOfCustomer", "the eight events of a customer", EVENTS, ({ customerIds }) => ({
    customerId: customerIds[0],
  })),
  again("acceptInvitation"),
  again("suspendSubscription"),
];
