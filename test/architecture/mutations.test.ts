import { join } from "node:path";
import { errorDefinitions } from "../../schema/errors/error-code.enum";
import { describeMutation } from "../../resolvers/allow";
import * as customers from "../../src/customers";
import { ErrorKind } from "../../src/errors/domain-error";
import { generalErrors } from "../../src/errors/general.errors";
import * as identity from "../../src/identity";
import * as invitations from "../../src/invitations";
import * as relationships from "../../src/relationships";
import { buildApiSchema } from "../../src/transport/graphql/schema";
import * as subscriptions from "../../src/subscriptions";
import { codesOfKeys, declared, type MutationDefinition } from "../../src/unit-of-work/mutation";
import * as webhooks from "../../src/webhooks";
import { reachableByMutation } from "./reachable-refusals";

const areas = [customers, identity, invitations, relationships, subscriptions, webhooks];

/** Refusals and events that the text of a mutation's code reaches and that cannot happen there, with the reason. */
const IMPOSSIBLE: Record<string, Record<string, string>> = {
  changeSubscription: { OFFER_NOT_FOUND: "a foreign key keeps a subscription's offer" },
  createCustomer: {
    RELATIONSHIP_ALREADY_ACTIVE: "the customer is new",
    CUSTOMER_IN_OTHER_CLOUD: "it is made in the partner's cloud",
    STALE_VERSION: "the customer is new",
  },
  createUser: { USER_IS_YOURSELF: "the user is new", LAST_GLOBAL_ADMIN: "no role is taken away" },
  reactivateUser: {
    USER_IS_YOURSELF: "a deactivated user calls nothing",
    LAST_GLOBAL_ADMIN: "no role is taken away",
  },
  inviteCustomer: { STALE_VERSION: "the row is locked" },
  acceptInvitation: { STALE_VERSION: "the row is locked" },
  declineInvitation: { STALE_VERSION: "the row is locked" },
  replayWebhook: { STALE_VERSION: "the row is locked" },
  rotateWebhookSecret: { STALE_VERSION: "the row is locked" },
  disableWebhookEndpoint: { "webhook.disabled": "only what the server disables by itself is an event" },
};

/** Every caller that may use a mutation belongs to an organization, which has a stream. */
const IMPOSSIBLE_EVERYWHERE = ["EVENTS_NO_STREAM"];

const definitions = areas.flatMap((area) =>
  Object.values(area as Record<string, unknown>).flatMap((exported) =>
    typeof exported === "function" && "definition" in exported
      ? [exported.definition as MutationDefinition]
      : [],
  ),
);

const kinds = Object.fromEntries(
  Object.values(errorDefinitions).flatMap((codes) =>
    Object.entries(codes).map(([code, { kind }]) => [code, kind]),
  ),
);
const isData = (code: string) =>
  [ErrorKind.INVALID, ErrorKind.NOT_FOUND, ErrorKind.CONFLICT].includes(kinds[code] ?? ErrorKind.INTERNAL);
/** Of what is no data, what every mutation may answer is described once, in docs/error-codes.md. */
const mustBeDeclared = (code: string) => isData(code) || !(code in generalErrors.definitions);

describe("every mutation", () => {
  const reachable = reachableByMutation(join(__dirname, "../.."));
  const named = (name: string) => definitions.find((definition) => definition.name === name);

  it("of the schema has a definition, and no other one has", () => {
    const fields = Object.keys(buildApiSchema().getMutationType()?.getFields() ?? {}).sort();
    expect(definitions.map(({ name }) => name).sort()).toEqual(fields);
    expect([...reachable.keys()].sort()).toEqual(fields);
  });

  it.each(definitions.map((definition) => [definition.name, definition] as const))(
    "%s declares the refusals and events that its code reaches, and no others",
    (name, { codes, events, takesIdempotencyKey = true }) => {
      const reached = reachable.get(name) ?? { codes: new Set(), events: new Set() };
      const exceptions = [...Object.keys(IMPOSSIBLE[name] ?? {}), ...IMPOSSIBLE_EVERYWHERE];
      const implied = takesIdempotencyKey ? codesOfKeys.map(({ code }) => code) : [];
      const saidCodes = codes.map((one) => declared(one).code);
      const saidEvents: string[] = events.map(declared);
      const possible = (found: Iterable<string>) =>
        [...found].filter((one) => !exceptions.includes(one)).sort();
      expect({
        undeclared: possible(reached.codes).filter(
          (code) => mustBeDeclared(code) && !saidCodes.includes(code) && !implied.includes(code),
        ),
        impossible: saidCodes.filter((code) => !reached.codes.has(code) || exceptions.includes(code)),
      }).toEqual({ undeclared: [], impossible: [] });
      expect(possible(reached.events)).toEqual([...saidEvents].sort());
    },
  );

  it("needs each exception", () => {
    const needless = Object.entries(IMPOSSIBLE).flatMap(([name, exceptions]) => {
      const { codes, events } = reachable.get(name) ?? { codes: new Set(), events: new Set() };
      return Object.keys(exceptions)
        .filter((one) => !codes.has(one) && !events.has(one))
        .map((one) => `${name}: ${one}`);
    });
    expect(needless).toEqual([]);
  });

  it("is described in the schema by its definition", () => {
    expect(describeMutation(named("suspendSubscription")!)).toBe(
      "Takes the users' access away and turns auto-renewal off; billing goes on until the term ends. " +
        "Codes: ID_MALFORMED, SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_NOT_ACTIVE, SUBSCRIPTION_TERM_ENDED, STALE_VERSION, " +
        "FIELD_INVALID, IDEMPOTENCY_KEY_REUSED. Event: subscription.suspended.",
    );
  });
});
