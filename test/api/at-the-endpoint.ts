import type { CustomerUserActor, PartnerUserActor, ProspectActor } from "../../src/access/actor";
import { ActorDirectory } from "../../src/identity";
import { makeUseCaseContext } from "../../src/transport/graphql/context";
import type { TestContext } from "../support/test-context";
import { type Answer, type Caller, type TestServer, withoutCost } from "../support/test-server";

/** What the builders need of a test context, on a running server's own database. */
export function testContextOf({ running, statements }: TestServer): TestContext {
  const { services } = running;
  const as: TestContext["as"] = (actor) => makeUseCaseContext(services, actor, "test-setup");
  const { database } = services;
  return { database, services, statements, as, system: as({ kind: "SYSTEM" }) } as TestContext;
}

/** A person that a builder made, at the API's endpoints. */
export async function callerFor(
  server: TestServer,
  { tenantId, subject, email, displayName }: PartnerUserActor | CustomerUserActor | ProspectActor,
  isGlobalAdmin = false,
): Promise<Caller> {
  const person = { tenantId, subject, email, displayName, isGlobalAdmin };
  const token = await server.running.developmentIssuer?.sign(person, 600);
  return server.withToken(token);
}

/** Makes the server forget whom it knows, as after two quiet seconds. */
export function coldDirectory({ running: { services } }: TestServer): void {
  const { database, matrix, now } = services;
  services.directory = new ActorDirectory({ read: (work) => database.read(work), matrix, now });
}

/** The statements that some work costs, sign-in of a caller that the server has forgotten included. */
export async function statementsOf(
  server: TestServer,
  work: () => Promise<Answer>,
): Promise<{ answer: Answer; statements: string[] }> {
  coldDirectory(server);
  server.statements.length = 0;
  const answer = await work();
  const statements = server.statements.map((sql) => sql.replace(/\s+/g, " ").trim());
  return { answer, statements };
}

/** An answer over plain HTTP, with what surrounds it. */
export interface HttpAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The body, where it is JSON, without what the operation cost. */
  body: Answer;
}

/** Sends a request to the server and reads the whole answer. */
export async function send(url: string, options: RequestInit = {}): Promise<HttpAnswer> {
  const response = await fetch(url, options);
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("application/json");
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? withoutCost(JSON.parse(text)) : {},
  };
}

/** Posts a GraphQL request as JSON. */
export function post(
  { url }: { url: string },
  body: object,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> {
  return send(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}
