import type { Item } from "./pool";
import type { Supply } from "./seed";

/** One request as it is posted: the same bytes for every server. References look at no token. */
export interface Request {
  body: string;
  token: string;
}

/** One thing that every server is asked. */
export interface Question {
  name: string;
  /** What it is, for the report. */
  title: string;
  document: string;
  /** Each request of a mutation uses up an item of the supply. */
  mutates: boolean;
}

/** Everything of a customer that fits on a row of a list. */
const CUSTOMER = "id companyName domain country contactEmail contactPhone since version";

const LIST = `query ($after: String) { customers(first: 50, after: $after) {
  nodes { ${CUSTOMER}
    relationships { id kind status establishedAt version partner { id name programmeRole country domain } }
    subscriptions(first: 10) { nodes { id offerName quantity status termEndsAt autoRenewEnabled } } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

const reading = (name: string, title: string, document: string) => ({
  name,
  title,
  document,
  mutates: false,
});
const changing = (name: string, title: string, document: string) => ({
  name,
  title,
  document,
  mutates: true,
});

/** What is asked, in this order. */
export const questions: Question[] = [
  reading(
    "byId",
    "customer by id, another one each time",
    `query ($id: ID!) { customer(id: $id) { ${CUSTOMER} cloud tenantId } }`,
  ),
  reading("list", "first 50 customers with relationships, partners and subscriptions", LIST),
  reading("listMiddle", "the same page after half of the customers", LIST),
  reading("listEnd", "the same page after 95 % of the customers", LIST),
  reading(
    "search",
    "20 customers by the beginning of the name or of the domain, in turns",
    `query ($filter: CustomerFilter!) { customers(first: 20, filter: $filter) {
      nodes { ${CUSTOMER} } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
  ),
  changing(
    "acceptInvitation",
    "an invitation accepted, each by a customer's user who was never seen before",
    `mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) {
      invitation { id status endedAt version }
      relationships { id customerId partnerId kind status establishedAt version }
      userErrors { code message } } }`,
  ),
  changing(
    "suspendSubscription",
    "a subscription suspended, each time another one",
    `mutation ($input: SuspendSubscriptionInput!) { suspendSubscription(input: $input) {
      subscription { id status suspensionReasons autoRenewEnabled version }
      userErrors { code message } } }`,
  ),
];

/** How many different requests a reading question has. */
const VARIANTS = 200;

/** Requests of a question. Those of a mutation take as many items from the supply as are asked for. */
export function requestsOf(question: Question, supply: Supply, count: number): Request[] {
  const body = (variables: object) => JSON.stringify({ query: question.document, variables });
  const read = (variables: object) => ({ body: body(variables), token: supply.readerToken });
  switch (question.name) {
    case "byId":
      return every(VARIANTS, (at) => read({ id: supply.customerIds[(at * 7) % supply.customerIds.length] }));
    case "list":
      return [read({})];
    case "listMiddle":
      return [read({ after: supply.cursorAt(0.5) })];
    case "listEnd":
      return [read({ after: supply.cursorAt(0.95) })];
    case "search":
      return every(VARIANTS, (at) => {
        const word = supply.firstWords[at % supply.firstWords.length] ?? "";
        return read({ filter: at % 2 ? { domainStartsWith: word } : { companyNameStartsWith: word } });
      });
    case "acceptInvitation":
      return taken(supply.invited, count).map(({ token, userToken }) => ({
        body: body({ input: { token } }),
        token: userToken,
      }));
    case "suspendSubscription":
      return taken(supply.sold, count).map(({ subscriptionId }) => ({
        body: body({ input: { subscriptionId } }),
        token: supply.sellerToken,
      }));
    default:
      throw new Error(`there is no question ${question.name}`);
  }
}

function every<T>(count: number, make: (at: number) => T): T[] {
  return Array.from({ length: count }, (_, at) => make(at));
}

function taken(items: Item[], count: number): Item[] {
  if (items.length < count) throw new Error("the supply of invitations and subscriptions is used up");
  return items.splice(0, count);
}
