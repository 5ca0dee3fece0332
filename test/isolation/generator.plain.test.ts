import { getNamedType, isInputObjectType, isInterfaceType, isObjectType, parse, validate } from "graphql";
import { allRootFields, schema } from "./documents";
import { idParameterName, idParametersOf } from "./id-parameters";

const MAX_LIVE_MESSAGE_BYTES = 64 * 1024;

describe("the generator of the probes", () => {
  it("makes a valid document for every field of Query, Mutation and Subscription", () => {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const names = roots.flatMap((root) => Object.keys(root?.getFields() ?? {}));
    expect(allRootFields.map(({ name }) => name)).toEqual(names);
    const mistakes = allRootFields.flatMap((field) =>
      [field.document, field.brief].flatMap((text) =>
        validate(schema, parse(text)).map(({ message }) => `${field.name}: ${message}`),
      ),
    );
    expect(mistakes).toEqual([]);
  });

  it("knows for every one of them the permission that guards it", () => {
    expect(allRootFields.filter(({ permission }) => permission === "")).toEqual([]);
  });

  it("asks every object type for every field that it has, somewhere", () => {
    const asked = allRootFields.map(({ document }) => document).join(" ");
    const missing = Object.values(schema.getTypeMap())
      .filter((type) => isObjectType(type) && !type.name.startsWith("__"))
      .flatMap((type) => Object.keys((type as { getFields(): object }).getFields()))
      .filter((name) => !new RegExp(`\\b${name}\\b`).test(asked));
    expect(missing).toEqual([]);
  });

  it("finds every argument and input field of the type ID, however deep, and every cursor and token", () => {
    const found = new Set(
      allRootFields.flatMap(idParametersOf).map(({ path }) => path[path.length - 1]?.split("_").pop()),
    );
    const borne: string[] = [];
    for (const type of Object.values(schema.getTypeMap())) {
      if (type.name.startsWith("__")) continue;
      const inputs = isInputObjectType(type)
        ? Object.values(type.getFields())
        : isObjectType(type) || isInterfaceType(type)
          ? Object.values(type.getFields()).flatMap(({ args }) => args)
          : [];
      for (const { name, type: given } of inputs)
        if (getNamedType(given).name === "ID" || /^(after|before)$|token|cursor|idempotencyKey/i.test(name))
          borne.push(name);
    }
    expect(borne.filter((name) => !found.has(name))).toEqual([]);
    expect(allRootFields.flatMap(idParametersOf).map(idParameterName).length).toBeGreaterThan(40);
  });

  it("keeps the documents of live fields as short as a socket takes them", () => {
    const longest = Math.max(
      ...allRootFields
        .filter(({ operation }) => operation === "subscription")
        .map(({ document }) => document.length),
    );
    expect(longest).toBeLessThan(MAX_LIVE_MESSAGE_BYTES - 1_024);
  });
});
