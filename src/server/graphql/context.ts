import type { GraphqlContext } from "../../../resolvers/graphql-context";
import { makeLoaders } from "../../../resolvers/loaders";
import type { Actor } from "../../access/actor";
import type { UseCaseContext } from "../../context/use-case-context";
import { runUnitOfWork } from "../../database/unit-of-work";
import { generalErrors } from "../../errors/general.errors";
import { type Bearer, type Credential, verifyToken } from "../../identity";
import type { Services } from "../services";

/** A use case's context for an actor that is known already: for commands, the demo and tests. */
export function makeUseCaseContext(services: Services, actor: Actor, requestId: string): UseCaseContext {
  return {
    actor,
    requestId,
    settings: services.settings,
    matrix: services.matrix,
    webhooks: services.webhooks,
    now: services.now,
    read: (work) => services.database.read(work),
    transaction: (work, once) =>
      runUnitOfWork(services.database, services.ring, { actor, requestId, now: services.now }, work, once),
  };
}

/** What the caller signs in with, or why it cannot be believed. */
export type SignIn = { credential: Credential } | { refusal: unknown };

/** Checks the `Authorization` header, or the same text in a `connection_init`. Never throws: the door does. */
export async function signIn(services: Services, authorization: unknown): Promise<SignIn> {
  const token =
    typeof authorization === "string" ? /^Bearer +(\S+)$/i.exec(authorization.trim())?.[1] : undefined;
  if (!token) {
    const refusal = generalErrors.TOKEN_MISSING(
      "Sign in first: send the header `Authorization: Bearer TOKEN`.",
    );
    return { refusal };
  }
  try {
    return { credential: { kind: "TOKEN", claims: await verifyToken(services.issuers, token) } };
  } catch (refusal) {
    return { refusal };
  }
}

/** Makes the context of one operation. Its actor throws where nobody is signed in, so no resolver can forget to ask. */
export async function makeGraphqlContext(
  services: Services,
  signedIn: SignIn,
  requestId: string,
): Promise<GraphqlContext> {
  const context = new OperationContext(services, signedIn, requestId);
  await context.refresh();
  return context;
}

class OperationContext implements GraphqlContext {
  readonly settings: UseCaseContext["settings"];
  readonly matrix: UseCaseContext["matrix"];
  readonly webhooks: UseCaseContext["webhooks"];
  readonly tail: Services["tail"];
  readonly now: UseCaseContext["now"];
  loaders = makeLoaders(this);
  private found: Bearer | { refusal: unknown } = { refusal: undefined };

  constructor(
    private readonly services: Services,
    private readonly signedIn: SignIn,
    readonly requestId: string,
  ) {
    this.settings = services.settings;
    this.matrix = services.matrix;
    this.webhooks = services.webhooks;
    this.tail = services.tail;
    this.now = services.now;
  }

  get actor(): Actor {
    if ("actor" in this.found) return this.found.actor;
    throw this.found.refusal;
  }

  async refresh(): Promise<void> {
    this.loaders = makeLoaders(this);
    if (!("credential" in this.signedIn)) {
      this.found = this.signedIn;
      return;
    }
    try {
      this.found = await this.services.directory.bearerOf(this.signedIn.credential);
    } catch (refusal) {
      this.found = { refusal };
    }
  }

  read: UseCaseContext["read"] = (work) => this.services.database.read(work);

  transaction: UseCaseContext["transaction"] = (work, once) =>
    runUnitOfWork(this.services.database, this.services.ring, this, work, once);
}
