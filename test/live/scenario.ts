import { Event } from "../../entities/events/event";
import { Customer } from "../../entities/customers/customer";
import { newId } from "../../src/values/ids";
import { makeUseCaseContext } from "../../src/transport/graphql/context";
import { PATIENCE_MS } from "../support/patience";
import type { TestServer } from "../support/test-server";

/** The fields that every event has, for a subscription's document. */
export const HEAD = "id position cursor type occurredAt";

/** Everything that was accepted through the API, by who gets told. */
export interface Accepted {
  invitationId: string;
  relationshipIds: string[];
}

/** Has a partner's agent invite and a customer's Global admin accept, all through the API. */
export async function inviteAndAccept(
  server: TestServer,
  {
    inviter = "direct-agent",
    customer = "customer-admin-1",
    provider = undefined as string | undefined,
  } = {},
): Promise<Accepted> {
  const invited = await (
    await server.as(inviter)
  ).ask(
    `mutation ($email: String!, $provider: ID) {
       inviteCustomer(input: { recipientEmail: $email, indirectProviderId: $provider }) {
         invitation { id } link userErrors { code message } } }`,
    { email: `${newId(Event)}@somewhere.example`, provider },
  );
  const link = invited.data?.inviteCustomer?.link as string;
  const accepted = await (
    await server.as(customer)
  ).ask(
    `mutation ($token: String!) {
       acceptInvitation(input: { token: $token }) { relationships { id } userErrors { code message } } }`,
    { token: link.slice(link.indexOf("#") + 1) },
  );
  const { relationships, userErrors } = accepted.data.acceptInvitation as {
    relationships: { id: string }[];
    userErrors: object[];
  };
  if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors));
  return {
    invitationId: invited.data.inviteCustomer.invitation.id,
    relationshipIds: relationships.map(({ id }) => id),
  };
}

/** Has a partner's agent remove a relationship through the API, so that the customer can be invited again. */
export async function removeRelationship(
  server: TestServer,
  relationshipId: string,
  remover = "direct-agent",
) {
  const removed = await (
    await server.as(remover)
  ).ask(
    `mutation ($id: ID!) { removeRelationship(input: { relationshipId: $id }) { userErrors { code message } } }`,
    { id: relationshipId },
  );
  if (removed.data?.removeRelationship?.userErrors?.length !== 0) throw new Error(JSON.stringify(removed));
}

/** The program's own context on the server's database. */
export const onServer = (server: TestServer) =>
  makeUseCaseContext(server.running.services, { kind: "SYSTEM" }, "test-request");

/** The id of the organization that a demo person works for. */
export async function organizationOf(server: TestServer, person: string): Promise<string> {
  const answer = await (await server.as(person)).ask("{ viewer { partner { id } customer { id } } }");
  return (answer.data?.viewer?.partner?.id ?? answer.data?.viewer?.customer?.id) as string;
}

/** Commits this many events for an organization, in transactions of a hundred, and notifies the bell. */
export async function commitEvents(server: TestServer, organizationId: string, count: number): Promise<void> {
  for (let done = 0; done < count; done += 100) {
    await onServer(server).transaction(async (tx) => {
      for (let n = done; n < Math.min(count, done + 100); n++) {
        const facts = {
          customerId: newId(Customer),
          partnerId: organizationId,
          companyName: `Company ${n}`,
        };
        tx.record("customer.updated", { ...facts, domain: "company.example" });
      }
      return Promise.resolve();
    });
  }
}

/** Waits until nobody listens on the server any more; the count that is left after some seconds. */
export async function listenersLeft(server: TestServer, wanted = 0): Promise<number> {
  for (let waited = 0; ; waited += 20) {
    const count = server.running.live.listenerCount;
    if (count === wanted || waited > PATIENCE_MS) return count;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
