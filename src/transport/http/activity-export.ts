import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { GraphqlContext } from "../../../resolvers/graphql-context";
import { organizationOf } from "../../access/actor";
import { canonicalJson } from "../../activity/activity-chain";
import { exportActivity } from "../../activity/export-activity";
import type { VisibleRecord } from "../../activity/visible-record";
import { type RightsOnCustomers, rightsOnCustomers } from "../../database/customer-grants";
import { DomainError, ErrorKind } from "../../errors/domain-error";
import { ensureMayUseSomewhere } from "../../unit-of-work/ensure-may-use";
import { makeGraphqlContext, signIn } from "../graphql/context";
import { formatError } from "../graphql/error-format";
import { RateLimited } from "../limits/limit-refusals";
import type { OperationGuard } from "../limits/operation-guard";
import type { Services } from "../services";
import { activityFilterIn } from "./activity-parameters";
import { parametersOf } from "./asked-operation";
import type { AddressParameters } from "./request-target";
import { budgetHeaders } from "./http-refusal";
import { BYTE_ORDER_MARK, csvLine } from "./csv";

const OPERATION = "exportActivityLog";
const PERMISSION = "activity.read";
/** Points of a request that is refused: as much as a field that the caller may not use, whose attempt is written down. */
const REFUSED_PRICE = 10;
/** Points of a file's first page: as much as a full page of a list. Those of a refused request are among them. */
const PRICE = 500;
/** Points of each further page, from the budget of what is sent: writing a line takes a tenth of a record's answer. */
const PAGE_PRICE = 50;

/** After so long the rights to records that were read and not yet sent are looked at again. */
const RECHECK_MS = 2_000;

/** Characters after which a piece of the file is sent. */
const PIECE_LENGTH = 64 * 1024;

/** The first four are those of the field (docs/sources.md, activity log); the others are what else a record says. */
const COLUMNS: [header: string, value: (record: VisibleRecord) => string | number | null][] = [
  ["Date-Time", (record) => record.occurredAt],
  ["Affected customer", (record) => record.customerName],
  ["Action", (record) => record.operation],
  ["Partner user", (record) => record.actorName],
  ["Outcome", (record) => record.outcome],
  ["Error code", (record) => record.errorCode],
  ["Resource type", (record) => record.resourceType],
  ["Resource id", (record) => record.resourceId],
  ["Customer id", (record) => record.customerId],
  ["User id", (record) => record.actorId],
  ["Old values", (record) => record.oldValues && canonicalJson(record.oldValues)],
  ["New values", (record) => record.newValues && canonicalJson(record.newValues)],
  ["Request id", (record) => record.requestId],
  ["Record id", (record) => record.id],
  ["Sequence", (record) => record.sequence],
  ["Previous hash", (record) => record.previousHash],
  ["Hash", (record) => record.hash],
  ["Masked fields", (record) => record.maskedFields.join(" ")],
];

/**
 * Serves `GET /activity-log.csv`: the query `activityLog` as a file, with the same filters, permission and codes. It is
 * read a page at a time as fast as the caller takes it, and no further when the caller or the server stops.
 */
export function registerActivityExport(
  fastify: FastifyInstance,
  services: Services,
  guard: OperationGuard,
): void {
  const running = new Set<Readable>();
  // A caller that does not read would keep the server from stopping.
  fastify.addHook("preClose", async () => running.forEach((file) => file.destroy()));
  fastify.route({
    method: "GET",
    url: "/activity-log.csv",
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const { id, headers } = request;
      const signedIn = await signIn(services, headers.authorization, id);
      const context = await makeGraphqlContext(services, signedIn, id);
      try {
        const pages = await openExport(context, request, reply, guard);
        const file = Readable.from(csvOf(pages, context, { services, guard }), { objectMode: false });
        running.add(file);
        file.once("close", () => running.delete(file));
        return await reply
          .headers({
            "content-disposition": 'attachment; filename="activity-log.csv"',
            "cache-control": "no-store",
          })
          .type("text/csv; charset=utf-8; header=present")
          .send(file);
      } catch (error) {
        return refuse(error, request, reply, services);
      }
    },
  });
}

/**
 * Charges the caller, checks what it asks for and reads the first page, so that whatever is wrong is answered before the file begins.
 * Records are paid for when it is known that there is nothing to refuse.
 */
async function openExport(
  context: GraphqlContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { charges }: OperationGuard,
): Promise<AsyncGenerator<VisibleRecord[]>> {
  const charge = async (points: number) => {
    const budget = await charges.file(context, request.ip, points);
    if (budget) void reply.headers(budgetHeaders(budget));
  };
  await charge(REFUSED_PRICE);
  const query = parametersOf(request);
  await ensureMayExport(context, query);
  const pages = await exportActivity(context, activityFilterIn(query));
  await charge(PRICE - REFUSED_PRICE);
  const first = await pages.next();
  return (async function* () {
    if (!first.done) yield first.value;
    yield* pages;
  })();
}

/** @throws FORBIDDEN the caller may not; the attempt is written into the activity log */
async function ensureMayExport(context: GraphqlContext, query: AddressParameters): Promise<void> {
  try {
    await ensureMayUseSomewhere(context, PERMISSION);
  } catch (error) {
    if (error instanceof DomainError && error.kind === ErrorKind.FORBIDDEN)
      await context.recordRefusal({
        operation: OPERATION,
        errorCode: error.code,
        args: Object.fromEntries(query),
      });
    throw error;
  }
}

async function* csvOf(
  pages: AsyncGenerator<VisibleRecord[]>,
  context: GraphqlContext,
  { services: { log, turns }, guard }: { services: Services; guard: OperationGuard },
): AsyncGenerator<string> {
  const organizationId = organizationOf(context.actor) ?? "";
  yield BYTE_ORDER_MARK + csvLine(COLUMNS.map(([header]) => header));
  try {
    for await (const page of pages) {
      let checked = performance.now();
      let mayRead: RightsOnCustomers | undefined;
      for (const piece of piecesOf(page, ({ customerId }) => mayRead?.(PERMISSION, customerId) ?? true)) {
        yield piece;
        await turns.turn(organizationId);
        // A caller may take a page slowly: what it has not taken is looked at again.
        if (performance.now() - checked < RECHECK_MS) continue;
        mayRead = await rightsOn(context, page);
        checked = performance.now();
      }
      // A download may last: who loses the right meanwhile gets no further page.
      await context.refresh();
      await ensureMayUseSomewhere(context, PERMISSION);
      const { state, refused } = await guard.charges.sent(context.actor, PAGE_PRICE);
      if (refused) await delay(state.resetSeconds * 1_000, undefined, { ref: false });
    }
  } catch (error) {
    // The file has begun, so all that can be done is to break it off, which every HTTP client notices.
    log.warn({ requestId: context.requestId, err: error }, "an export broke off");
    throw error;
  }
}

/** What the caller may do about the customers of these records at this moment. */
async function rightsOn(context: GraphqlContext, page: VisibleRecord[]): Promise<RightsOnCustomers> {
  await context.refresh();
  await ensureMayUseSomewhere(context, PERMISSION);
  return rightsOnCustomers(
    context,
    page.map(({ customerId }) => customerId),
  );
}

/**
 * Lines in pieces of some length: the records of a page may be long, and only one piece waits for the caller. Each record is
 * looked at again when its piece is made.
 */
function* piecesOf(
  page: VisibleRecord[],
  isStillVisible: (record: VisibleRecord) => boolean,
): Generator<string> {
  let piece = "";
  for (const record of page) {
    if (!isStillVisible(record)) continue;
    piece += csvLine(COLUMNS.map(([, valueOf]) => valueOf(record)));
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

const STATUS: Record<ErrorKind, number> = {
  [ErrorKind.INVALID]: 400,
  [ErrorKind.UNAUTHENTICATED]: 401,
  [ErrorKind.FORBIDDEN]: 403,
  [ErrorKind.NOT_FOUND]: 404,
  [ErrorKind.CONFLICT]: 409,
  [ErrorKind.LIMITED]: 429,
  [ErrorKind.UNAVAILABLE]: 503,
  [ErrorKind.INTERNAL]: 500,
};

function refuse(
  error: unknown,
  { id }: FastifyRequest,
  reply: FastifyReply,
  { log }: Services,
): FastifyReply {
  const formatted = formatError(error, id, log);
  const kind = formatted.extensions?.kind as ErrorKind;
  if (kind === ErrorKind.UNAUTHENTICATED) void reply.header("www-authenticate", "Bearer");
  if (error instanceof RateLimited) {
    void reply.headers({ ...budgetHeaders(error.budget), "retry-after": error.budget.resetSeconds });
  }
  return reply.code(STATUS[kind]).send({ errors: [formatted] });
}
