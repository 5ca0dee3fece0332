import { AggregatorRegistry, Histogram, Registry } from "prom-client";
import { TalliedHistogram } from "../../src/metrics/tallied-histogram";

const options = { name: "seconds", help: "How long it took.", buckets: [0.002, 0.25, 10] };
const VALUES = [0, 0.002, 0.0021, 0.25, 3, 10, 10.5, 400];

/** The same observations in a registry with ours, and in one with the library's. */
function bothRegistries(labels: Record<string, string>[]) {
  const [ours, theirs] = [new Registry(), new Registry()];
  for (const registry of [ours, theirs]) registry.setDefaultLabels({ worker: "2" });
  const tallied = new TalliedHistogram(options, ours);
  const labelNames = Object.keys(labels[0] ?? {});
  const histogram = new Histogram({ ...options, labelNames, registers: [theirs] });
  for (const one of labels)
    for (const value of VALUES) {
      tallied.observe(Object.values(one).join(" "), () => one, value);
      histogram.observe(one, value);
    }
  return { ours, theirs };
}

const linesOf = async (registry: Pick<Registry, "metrics">) =>
  (await registry.metrics()).split("\n").map(asSet);

/** The order of the labels of a line says nothing. */
function asSet(line: string): string {
  const [, name, labels, value] = /^(\w+)\{(.*)\} (.*)$/.exec(line) ?? [];
  return labels === undefined ? line : `${name}{${labels.split(",").sort().join()}} ${value}`;
}

describe("a tallied histogram tells what prom-client's own would", () => {
  it.each([
    ["without labels", [{}]],
    [
      "with labels",
      [
        { kind: "query", operation: "customers" },
        { kind: "mutation", operation: "customers" },
      ],
    ],
  ])("%s", async (_name, labels) => {
    const { ours, theirs } = bothRegistries(labels as Record<string, string>[]);
    expect(await linesOf(ours)).toEqual(await linesOf(theirs));
  });

  it("together with that of another process", async () => {
    const registries = [1, 2].map(() => bothRegistries([{ kind: "query" }]));
    const aggregated = async (side: "ours" | "theirs") =>
      AggregatorRegistry.aggregate(
        await Promise.all(registries.map((both) => both[side].getMetricsAsJSON())),
      );
    expect(await linesOf(await aggregated("ours"))).toEqual(await linesOf(await aggregated("theirs")));
  });
});
