import { readFileSync } from "node:fs";
import { getIntrospectionQuery, Kind, parse } from "graphql";
import { loadConfig } from "../../src/config/config";
import { compileCost, type Variables } from "../../src/transport/limits/operation-cost";
import { costing, operationIn, schema } from "./operations";
import { cpuTakenMs } from "./cpu-growth";

function cost(text: string, variables?: Variables, name?: string): number {
  const { document, operation } = operationIn(text, name);
  return compileCost(schema, document, operation)(variables);
}

/** What so many objects cost: a quarter of a point each, rounded up. */
const objects = (count: number) => Math.ceil(count / 4);

describe("the cost of an operation", () => {
  it.each([
    ["{ __typename }", 1],
    ["{ viewer { kind displayName permissions } }", objects(1)],
    ["{ viewer { partner { id } customer { id } } }", objects(3)],
    ["{ customers { nodes { id companyName } } }", objects(1 + 50)],
    ["{ customers(first: 3) { nodes { id } pageInfo { endCursor } } }", objects(1 + 3)],
    ["{ customers(first: 3) { edges { cursor node { id } } } }", objects(1 + 3)],
    ["{ customers(first: 3) { totalCount } }", objects(1) + 10],
    ["{ customers(first: null) { nodes { id } } }", objects(1 + 50)],
    ["{ customers(first: 100000) { nodes { id } } }", objects(1 + 500)],
    ["{ customers(first: 0) { nodes { id } } }", objects(1 + 1)],
    ["{ customers(first: -7) { nodes { id } } }", objects(1 + 1)],
    ["{ customers(first: 5) { nodes { relationships { partner { id } } } } }", objects(1 + 5 * (1 + 3 * 2))],
    ["{ customers(first: 5) { nodes { subscriptions { nodes { id } } } } }", objects(1 + 5 * (1 + 1 + 10))],
    [
      "{ customers(first: 5) { nodes { subscriptions(first: 2) { nodes { id } } } } }",
      objects(1 + 5 * (1 + 1 + 2)),
    ],
    ["{ viewer { partner { indirectProviders { id } } } }", objects(1 + 1 + 10)],
    [`{ __schema { types { fields { name } } } __type(name: "Query") { name } }`, 200],
  ])("%s is %i", (text, points) => expect(cost(text)).toBe(points));

  it("counts a mutation, and refusals as the one that there may be", () => {
    const text = `mutation {
      suspendSubscription(input: { subscriptionId: "x" }) { subscription { id } userErrors { code } } }`;
    expect(cost(text)).toBe(10 + objects(1 + 1 + 1));
  });

  it("is the same through fragments as without", () => {
    const plain = `{ customers(first: 7) { totalCount nodes { id relationships { partner { id } } } } }`;
    const spread = `{ ...Q } fragment Q on Query { customers(first: 7) { ...Page totalCount } }
      fragment Page on CustomerConnection { ... { nodes { ...C ... on Customer { id } } } }
      fragment C on Customer { relationships { ...R } } fragment R on ResellerRelationship { partner { id } }`;
    expect(cost(spread)).toBe(cost(plain));
  });

  it("gives each page of one fragment its own rows", () => {
    const text = `{ customers(first: 2) { ...Page } viewer { partner { id } } ...More }
      fragment Page on CustomerConnection { nodes { id } }
      fragment More on Query { many: customers(first: 9) { ...Page } }`;
    expect(cost(text)).toBe(objects(1 + 2 + 1 + 1 + 1 + 9));
  });

  describe("with the page's size in a variable", () => {
    const text = `query ($first: Int, $inner: Int = 4) { customers(first: $first) { nodes {
      id subscriptions(first: $inner) { nodes { id } } } } }`;
    it.each<[string, Variables, number]>([
      ["its value", { first: 20, inner: 1 }, objects(1 + 20 * (1 + 1 + 1))],
      ["its default where it is absent", { first: 20 }, objects(1 + 20 * (1 + 1 + 4))],
      [
        "what the list usually has where it is null",
        { first: 20, inner: null },
        objects(1 + 20 * (1 + 1 + 10)),
      ],
      ["the usual page without a default", {}, objects(1 + 50 * (1 + 1 + 4))],
      ["the usual page without variables", undefined, objects(1 + 50 * (1 + 1 + 4))],
      ["the usual page for null variables", null, objects(1 + 50 * (1 + 1 + 4))],
      ["the largest page for more", { first: 1e99, inner: Infinity }, objects(1 + 500 * (1 + 1 + 500))],
      ["one row for less", { first: -3, inner: 0 }, objects(1 + (1 + 1 + 1))],
      ["the usual page for what is no number", { first: "500", inner: [] }, objects(1 + 50 * (1 + 1 + 10))],
      ["the usual page for NaN", { first: NaN, inner: {} }, objects(1 + 50 * (1 + 1 + 10))],
    ])("counts %s", (_, variables, points) => expect(cost(text, variables)).toBe(points));

    it("is not misled by names that every object has", () => {
      const odd =
        "query ($constructor: Int = 3, $toString: Int) { customers(first: $constructor) { nodes { id } } offers(first: $toString) { nodes { id } } }";
      expect(cost(odd, {})).toBe(objects(1 + 3 + 1 + 50));
    });

    it("counts the same pages for fragments within fragments, at once", () => {
      const chain = Array.from({ length: 60 }, (_, at) => {
        const next = `relationships { customer { ...F${at + 1} } }`;
        return `fragment F${at} on Customer { a: ${next} b: ${next} }`;
      });
      const wide = `query ($n: Int) { viewer { customer { ...F0 } } } ${chain.join(" ")}
        fragment F60 on Customer { subscriptions(first: $n) { nodes { id } } }`;
      const { document, operation } = operationIn(wide);
      const startedAt = cpuTakenMs();
      const costOf = compileCost(schema, document, operation);
      for (let n = 1; n <= 100; n++) expect(costOf({ n })).toBe(Number.MAX_SAFE_INTEGER);
      expect(cpuTakenMs() - startedAt).toBeLessThan(1_000);
    });
  });
});

describe("the limit on cost", () => {
  const { cost: maximum } = loadConfig({}).limits;

  it("is far from what a workspace asks for", () => {
    const workspace = `{ viewer { partner { name } } customers(first: 50) { totalCount pageInfo { endCursor } nodes {
      id companyName domain relationships { id partner { name } } subscriptions { nodes { id offerName } } } } }`;
    expect(cost(workspace)).toBeLessThan(maximum * 0.6);
  });

  it("is far from everything in the README and the explorer's tabs", () => {
    const readme = readFileSync("README.md", "utf8");
    const tabs = readFileSync("src/transport/explorer/demo-tabs.ts", "utf8");
    const texts = [...readme.matchAll(/```graphql\n(.*?)```/gs), ...tabs.matchAll(/query: `(.*?)`/gs)];
    expect(texts.length).toBeGreaterThan(12);
    for (const [, text = ""] of texts) {
      for (const node of parse(text).definitions) {
        if (node.kind !== Kind.OPERATION_DEFINITION) continue;
        expect(cost(text, {}, node.name?.value)).toBeLessThan(maximum / 4);
      }
    }
  });

  it("is explained by an example in docs/limits.md that costs what it says", () => {
    const [, text = "", points] =
      /```graphql\n(.*?)```\n\ncosts .* = (\d+)\./s.exec(readFileSync("docs/limits.md", "utf8")) ?? [];
    expect(cost(text)).toBe(Number(points));
  });

  it("is far from the introspection query of every tool", () => {
    expect(cost(getIntrospectionQuery())).toBeLessThan(maximum / 4);
  });

  it("stops 500 rows for each of 500", () => {
    const text = "{ customers(first: 500) { nodes { subscriptions(first: 500) { nodes { id } } } } }";
    expect(cost(text)).toBe(objects(1 + 500 * (1 + 1 + 500)));
  });

  it("can be met exactly", () => {
    expect(cost(costing(maximum))).toBe(maximum);
    expect(cost(costing(maximum + 1))).toBe(maximum + 1);
  });
});
