import { ensureCarriedOut } from "../../src/transport/graphql/bind-resolvers";

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
