import { loadConfig } from "../../src/config/config";
import { buildApiSchema } from "../../src/transport/graphql/schema";
import { generateDocuments } from "../../bench/cost/documents";
import { mutationDocuments, mutationSamples } from "../../bench/cost/mutations";
import { factorOf } from "../../bench/cost/report";

const schema = buildApiSchema();
const MAX_POINTS = loadConfig({}).limits.cost;

describe("the generator of what is measured", () => {
  const documents = generateDocuments({
    schema,
    maxPoints: MAX_POINTS,
    maxDepth: 2,
    argumentsOf: { customer: ['id: "x"'], node: ['id: "x"'], invitation: ['token: "x"'] },
  });

  it("asks for every root field, within the limit of points, and for the largest page", () => {
    const roots = Object.keys(schema.getQueryType()?.getFields() ?? {});
    const asked = new Set(documents.map(({ name }) => /^\w+/.exec(name)?.[0]));
    expect(roots.filter((name) => !asked.has(name))).toEqual([]);
    for (const { points } of documents) expect(points).toBeLessThanOrEqual(MAX_POINTS);
    expect(documents.find(({ name }) => name === "customers(500)")?.points).toBe(126);
  });

  it("asks for every mutation", () => {
    const names = Object.keys(schema.getMutationType()?.getFields() ?? {});
    expect(mutationDocuments(schema, mutationSamples({})).length).toBe(names.length);
  });
});

it("compares the CPU time of one point with that of the reference", () => {
  const reference = { name: "reference", points: 500, cpuMs: 5 };
  expect(factorOf({ name: "one", points: 1, cpuMs: 0.1 }, reference)).toBeCloseTo(10);
});
