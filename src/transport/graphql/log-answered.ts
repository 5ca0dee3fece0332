import { type DocumentNode, type OperationDefinitionNode, OperationTypeNode } from "graphql";
import type { GraphqlContext } from "../../../resolvers/graphql-context";
import { type Actor, organizationOf } from "../../access/actor";
import type { MeteredOperation } from "../../metrics/meter";
import { rootFieldOf } from "./root-field";
import type { Services } from "../services";
import { codeOf } from "./error-format";

/** UTF-16 code units of an operation's name in the log. */
const MAX_LOGGED_NAME = 200;

/** Counts an operation that was answered over HTTP, and writes the one line that it leaves in the log. */
export function logAnswered(
  { log, meter }: Pick<Services, "log" | "meter">,
  context: GraphqlContext,
  answered: Omit<MeteredOperation, "refusedWith">,
): void {
  const { operation, startedAt, errors } = answered;
  const { requestId, refusedWith } = context;
  meter.operation({ ...answered, refusedWith });
  const ms = Math.round((performance.now() - startedAt) * 10) / 10;
  const line = {
    requestId,
    // One that was refused may have a name of any length.
    operation: operation?.name?.value.slice(0, MAX_LOGGED_NAME) ?? null,
    kind: operation?.operation,
    ms,
    errors: errors?.length ?? 0,
  };
  log.info(hasFacts(context, answered) ? { ...line, ...factsForLog(context, answered) } : line, "operation");
}

/** What the log tells of an operation that changed something, or failed, besides that it was. No personal data is in it. */
export interface LoggedFacts {
  /** The root field, or `several`; absent where the document was not valid. */
  field?: string;
  /** The code of the first error, or of the refusal among the data. */
  code?: string;
  userId?: string;
  apiKeyId?: string;
  organizationId?: string;
}

/** Not for a query that was answered: most requests are, and this costs some. */
function hasFacts(
  { refusedWith }: Pick<GraphqlContext, "refusedWith">,
  { operation, errors = [] }: { operation?: OperationDefinitionNode; errors?: readonly unknown[] },
): boolean {
  return (
    operation?.operation === OperationTypeNode.MUTATION || errors.length > 0 || refusedWith !== undefined
  );
}

/** What the log tells of an answered operation; nothing for a query without a mistake. */
export function factsForLog(
  context: GraphqlContext,
  {
    document,
    operation,
    errors = [],
  }: { document?: DocumentNode; operation?: OperationDefinitionNode; errors?: readonly unknown[] },
): LoggedFacts {
  if (!hasFacts(context, { operation, errors })) return {};
  const code = errors.length > 0 ? codeOf(errors[0]).code : context.refusedWith;
  const field = document && operation && rootFieldOf(document, operation);
  return { ...(field && { field }), ...(code && { code }), ...idsOf(context) };
}

function idsOf(context: GraphqlContext): Pick<LoggedFacts, "userId" | "apiKeyId" | "organizationId"> {
  let actor: Actor;
  try {
    ({ actor } = context);
  } catch {
    return {}; // Nobody is signed in: refused sign-ins have a line of their own.
  }
  const organizationId = organizationOf(actor);
  return {
    ...("userId" in actor && { userId: actor.userId }),
    ...("apiKeyId" in actor && { apiKeyId: actor.apiKeyId }),
    ...(organizationId && { organizationId }),
  };
}
