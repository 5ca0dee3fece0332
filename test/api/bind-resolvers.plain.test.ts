import { getMetadataStorage } from "type-graphql";
import { Subscription } from "../../entities/subscriptions/subscription";
import { columnProperties, columnsReader } from "../../src/database/projections";
import { subscriptionColumns } from "../../src/subscriptions";
import { bindResolvers } from "../../src/transport/graphql/bind-resolvers";
import {
  type CarriedOutOptions,
  ensureCarriedOut,
  ensureOptionsCarriedOut,
} from "../../src/transport/graphql/carried-out";
import { buildApiSchema } from "../../src/transport/graphql/schema";

class SomeResolver {}

const nothing = { authorizedFields: [], authorizedResolver: [], resolverMiddlewares: [] };

describe("a decorator that the bindings do not carry out", () => {
  it.each([
    [
      { authorizedFields: [{ target: SomeResolver, fieldName: "secrets", roles: [] }] },
      "@Authorized on SomeResolver.secrets",
    ],
    [{ authorizedResolver: [{ target: SomeResolver, roles: [] }] }, "@Authorized on SomeResolver is"],
    [{ resolverMiddlewares: [{ target: SomeResolver, middlewares: [] }] }, "@UseMiddleware on SomeResolver"],
  ])("keeps the server from starting, which names it", (storage, name) => {
    expect(() => ensureCarriedOut({ ...nothing, ...storage })).toThrow(name);
  });

  it("is none of those that the resolvers have", () => {
    expect(() => ensureCarriedOut(nothing)).not.toThrow();
  });
});

describe("an option of TypeGraphQL that the bindings do not carry out", () => {
  const good = { resolvers: [SomeResolver], validate: false } as const;

  it.each([
    [{ authChecker: () => true }, "authChecker"],
    [{ globalMiddlewares: [() => undefined] }, "globalMiddlewares"],
    [{ container: { get: () => undefined } }, "container"],
    [{ validateFn: () => undefined }, "validateFn"],
    [{ validate: true }, "validate"],
  ])("keeps the server from starting, which names it", (option, name) => {
    const options = { ...good, ...option } as unknown as CarriedOutOptions;
    expect(() => ensureOptionsCarriedOut(options)).toThrow(`The option ${name} is not carried out`);
  });

  it("is none of ours", () => {
    expect(() => ensureOptionsCarriedOut(good as unknown as CarriedOutOptions)).not.toThrow();
  });
});

it("a parameter that is to be validated keeps the server from starting", () => {
  const schema = buildApiSchema();
  const [handler] = getMetadataStorage().mutations;
  const parameter = handler?.params?.find(({ kind }) => kind === "arg") as { validateSettings?: unknown };
  const before = parameter.validateSettings;
  parameter.validateSettings = true;
  try {
    expect(() => bindResolvers(schema)).toThrow("Validation of a parameter of");
  } finally {
    parameter.validateSettings = before;
  }
});

describe("a field of a row that is read in part", () => {
  const columns = () => columnProperties(Subscription);
  const bindWith = (computed: Readonly<Record<string, readonly (keyof Subscription)[]>>) => {
    const reader = columnsReader<Subscription>()(columns, ["id"], computed);
    return () => bindResolvers(buildApiSchema(), { CustomerSubscription: reader });
  };
  const { computed } = subscriptionColumns;

  it("is declared wherever a method computes it, or the server does not start", () => {
    expect(bindWith(computed)).not.toThrow();
    for (const field of Object.keys(computed)) {
      const rest = Object.fromEntries(Object.entries(computed).filter(([name]) => name !== field));
      expect(bindWith(rest)).toThrow(`CustomerSubscription.${field} is computed`);
    }
  });

  it("is a column wherever no method computes it, or the server does not start", () => {
    const properties = columns().filter((property) => property !== "friendlyName");
    const reader = columnsReader<Subscription>()(() => properties, ["id"], computed);
    expect(() => bindResolvers(buildApiSchema(), { CustomerSubscription: reader })).toThrow(
      "CustomerSubscription.friendlyName is the property friendlyName, which is not read for it",
    );
  });

  it("is what it is declared to be made of, or the code does not compile", () => {
    type Actions = import("../../src/subscriptions").SubscriptionFor<"actions">;
    const declared = (row: Actions) => [row.status, row.termEndsAt, row.partnerId];
    // @ts-expect-error -- the quantity is not declared for `actions`
    const undeclared = (row: Actions) => row.quantity;
    expect([declared, undeclared]).toHaveLength(2);
  });
});
