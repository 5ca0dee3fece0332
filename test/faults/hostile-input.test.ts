import { randomInt } from "node:crypto";
import { hostileInput } from "./hostile-input";

it("input of every wrong kind at every endpoint is refused, and harms nobody", async () => {
  const seed = Number(process.env.FUZZ_SEED ?? randomInt(1_000_000));
  const report = await hostileInput({ inputs: 300, atOnce: 16, seed, growthWithin: 250, longest: 290 });
  process.stdout.write(`hostile-input, short: ${JSON.stringify(report)}\n`);
  expect(Object.keys(report.inputs).sort()).toHaveLength(8);
}, 300_000);
