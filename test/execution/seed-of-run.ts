import { randomInt } from "node:crypto";

/** The seed of a test run: FUZZ_SEED, or a new one each time. It is printed, so that a failure can be seen again. */
export function seedOfRun(): number {
  const seed = Number(process.env.FUZZ_SEED ?? randomInt(1_000_000));
  process.stdout.write(`FUZZ_SEED=${seed}\n`);
  return seed;
}
