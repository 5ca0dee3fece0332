import { median } from "../median";
import { type Growth, type GrowthScale, ratioOf } from "./measure";

/** The measurements as Markdown; `filling` says how the databases were filled. */
export function growthReport(measured: Growth[], { small, large }: GrowthScale, filling: string): string {
  const [few, many] = [small.toLocaleString("en"), large.toLocaleString("en")];
  const head = [
    ["question", `p50 ms, ${few}`, `p50 ms, ${many}`, "ratio", `CPU ms, ${few}`, `CPU ms, ${many}`, "ratio"],
    ["---", "--:", "--:", "--:", "--:", "--:", "--:"],
  ];
  const rows = measured.map((growth) => [
    growth.name,
    ...(["p50Ms", "cpuMs"] as const).flatMap((figure) => [
      median(growth.small[figure]).toFixed(2),
      median(growth.large[figure]).toFixed(2),
      ratioOf(growth, figure).toFixed(2),
    ]),
  ]);
  return [
    filling,
    measured.map(({ name, title }) => `- ${name}: ${title}`).join("\n"),
    [...head, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n"),
  ].join("\n\n");
}
