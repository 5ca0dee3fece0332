import type { GraphqlContext } from "../../../resolvers/graphql-context";
import type { Actor } from "../../access/actor";
import { contributions, type Loaders, makeLoaders } from "../../areas";
import { recordRefusal, type Refusal } from "../../activity/record-refusal";
import { MAX_TOKEN_LENGTH } from "../../config/limits";
import { Deadline } from "../../context/deadline";
import type { Reads } from "../../database/reads";
import type { NamedCall } from "../../unit-of-work/idempotency";
import type { Transaction } from "../../unit-of-work/transaction";
import type { UseCaseContext } from "../../unit-of-work/use-case-context";
import { runUnitOfWork, turnKey } from "../../unit-of-work/unit-of-work";
import type { DomainError } from "../../errors/domain-error";
import { generalErrors } from "../../errors/general.errors";
import {
  type Bearer,
  type Credential,
  hashOfShownApiKey,
  isWellTypedApiKey,
  looksLikeApiKey,
} from "../../identity";
import type { Services } from "../services";
import { logRefusedSignIn } from "./refused-sign-ins";

/**
 * A use case's context for an actor that is known already: for commands, the demo, live events and tests.
 * @param maxWaitMs for how long each read and transaction may wait; when absent as long as a request, and for the program itself as long as its jobs
 */
export function makeUseCaseContext(
  services: Services,
  actor: Actor,
  requestId: string,
  maxWaitMs?: number,
): UseCaseContext {
  const { database } = services;
  const deadline = () => {
    if (maxWaitMs !== undefined) return new Deadline(maxWaitMs);
    return actor.kind === "SYSTEM" ? database.deadline() : database.requestDeadline();
  };
  const turn = () => ({ organizationId: turnKey(actor), deadline: deadline() });
  return {
    actor,
    requestId,
    settings: services.settings,
    matrix: services.matrix,
    contributions,
    webhooks: services.webhooks,
    log: services.log,
    reportDefect: services.reportDefect,
    now: services.now,
    read: (work) => database.read(work, turn()),
    transaction: (work, once) => {
      const caller = { actor, requestId, now: services.now, contributions, deadline: deadline() };
      return runUnitOfWork(database, services.notify, caller, work, once);
    },
  };
}

/** What the caller signs in with, or why it cannot be believed. */
export type SignIn = { credential: Credential } | { refusal: unknown };

/** Checks the `Authorization` header, or the same text in a `connection_init`. Never throws: the endpoint does. */
export async function signIn(services: Services, authorization: unknown, requestId: string): Promise<SignIn> {
  try {
    return { credential: await credentialOf(services, authorization) };
  } catch (refusal) {
    logRefusedSignIn(services, requestId, refusal);
    return { refusal };
  }
}

/**
 * Whether the bearer of what an `Authorization` header shows was found within the last ten minutes. Checks no signature
 * and runs no statement, so it allows nothing.
 */
export function isFamiliar(
  { tokens, directory }: Pick<Services, "tokens" | "directory">,
  authorization: unknown,
): boolean {
  const shown = bearerIn(authorization);
  if (!shown || shown.length > MAX_TOKEN_LENGTH) return false;
  if (looksLikeApiKey(shown) && !isWellTypedApiKey(shown)) return false;
  if (looksLikeApiKey(shown))
    return directory.isFamiliar({ kind: "API_KEY", hash: hashOfShownApiKey(shown) });
  const claims = tokens.claimsSeen(shown);
  return claims !== undefined && directory.isFamiliar({ kind: "TOKEN", claims });
}

/** What an `Authorization` header shows after `Bearer`; undefined where it shows something else. */
export function bearerIn(authorization: unknown): string | undefined {
  return typeof authorization === "string" ? /^Bearer +(\S+)$/i.exec(authorization.trim())?.[1] : undefined;
}

async function credentialOf(services: Services, authorization: unknown): Promise<Credential> {
  // A connection_init can be longer than a header.
  if (typeof authorization === "string" && authorization.length > MAX_TOKEN_LENGTH)
    throw generalErrors.TOKEN_INVALID(
      `A bearer token has at most ${MAX_TOKEN_LENGTH} characters. Get one with fewer claims.`,
    );
  const bearer = bearerIn(authorization);
  if (!bearer) {
    throw tokenMissing(authorization);
  }
  if (looksLikeApiKey(bearer)) return { kind: "API_KEY", hash: hashOfShownApiKey(bearer) };
  return { kind: "TOKEN", claims: await services.tokens.claimsOf(bearer) };
}

/** Nothing of what was sent is repeated: it may be a token that lacks its scheme. */
function tokenMissing(authorization: unknown): DomainError {
  const isSent = typeof authorization === "string" && authorization.trim() !== "";
  if (!isSent)
    return generalErrors.TOKEN_MISSING("Sign in first: send the header `Authorization: Bearer TOKEN`.");
  return generalErrors.TOKEN_MISSING(
    /^Bearer\b/i.test(authorization.trim())
      ? "`Authorization` has no single token after `Bearer`: send `Authorization: Bearer TOKEN`, with one space, and no space in the token."
      : "`Authorization` does not have the scheme Bearer, the only one that is taken here: send `Authorization: Bearer TOKEN`.",
  );
}

/**
 * Makes the context of one operation. Its actor throws where nobody is signed in, so no resolver can forget to ask.
 * All that a query or mutation waits for has one deadline, from `beginRequest` on; what lives longer has one for each read and write.
 */
export async function makeGraphqlContext(
  services: Services,
  signedIn: SignIn,
  requestId: string,
  resumeAfter?: string,
): Promise<OperationContext> {
  const context = new OperationContext(services, signedIn, requestId, resumeAfter);
  await context.refresh();
  return context;
}

/**
 * Makes the context in which one event is executed for all listeners with the same rights. Who they are is looked after
 * where they listen, so there is nobody to look up again and no attempt to write down.
 */
export function makeSharedContext(services: Services, actor: Actor, requestId: string): GraphqlContext {
  const ctx = makeUseCaseContext(services, actor, requestId);
  const nothing = () => Promise.resolve();
  return { ...ctx, loaders: makeLoaders(ctx), refresh: nothing, recordRefusal: nothing };
}

/** The context of one operation. */
export class OperationContext implements GraphqlContext {
  readonly settings: UseCaseContext["settings"];
  readonly matrix: UseCaseContext["matrix"];
  readonly contributions = contributions;
  readonly webhooks: UseCaseContext["webhooks"];
  readonly log: UseCaseContext["log"];
  readonly reportDefect: UseCaseContext["reportDefect"];
  readonly now: UseCaseContext["now"];
  refusedWith?: string;
  private madeLoaders?: Loaders;
  private requestDeadline?: Deadline;
  private found: Bearer | { refusal: unknown } = { refusal: undefined };

  constructor(
    private readonly services: Services,
    private readonly signedIn: SignIn,
    readonly requestId: string,
    readonly resumeAfter?: string,
  ) {
    this.settings = services.settings;
    this.matrix = services.matrix;
    this.webhooks = services.webhooks;
    this.log = services.log;
    this.reportDefect = services.reportDefect;
    this.now = services.now;
  }

  get loaders(): Loaders {
    return (this.madeLoaders ??= makeLoaders(this));
  }

  get actor(): Actor {
    if ("actor" in this.found) return this.found.actor;
    throw this.found.refusal;
  }

  async refresh(): Promise<void> {
    this.madeLoaders = undefined;
    if (!("credential" in this.signedIn)) {
      this.found = this.signedIn;
      return;
    }
    try {
      this.found = await this.services.directory.bearerOf(this.signedIn.credential, this.requestId);
    } catch (refusal) {
      // A live event asks again: told once is enough.
      if (!("refusal" in this.found) || this.found.refusal === undefined)
        logRefusedSignIn(this.services, this.requestId, refusal, this.signedIn.credential);
      this.found = { refusal };
    }
  }

  /** From now on everything that the operation waits for has one deadline. */
  beginRequest(): this {
    this.requestDeadline = this.services.database.requestDeadline();
    return this;
  }

  /** By when the operation must have what it waits for now. */
  get deadline(): Deadline {
    return this.requestDeadline ?? this.services.database.requestDeadline();
  }

  private get turnKey(): string {
    return "actor" in this.found ? turnKey(this.found.actor) : "";
  }

  recordRefusal(refusal: Refusal): Promise<void> {
    const { requestId, services } = this;
    this.refusedWith = refusal.errorCode;
    return services.refusalTurns
      .run(this.turnKey, () => recordRefusal(this, refusal), this.deadline)
      .catch((error: unknown) => {
        const { operation, errorCode } = refusal;
        services.log.error(
          { requestId, operation, errorCode, err: error },
          "a refusal is missing in the activity log",
        );
      });
  }

  // Methods, not functions bound to this object: Apollo Server works with a copy of it, and the copy is what `refresh` changes.
  read<T>(work: (reads: Reads) => Promise<T>): Promise<T> {
    return this.services.database.read(work, { organizationId: this.turnKey, deadline: this.deadline });
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>, once?: NamedCall): Promise<T> {
    return runUnitOfWork(this.services.database, this.services.notify, this, work, once);
  }
}
