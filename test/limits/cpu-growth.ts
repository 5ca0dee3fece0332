/** Work that takes less CPU time than this is not looked at more closely: it is within what a measurement scatters by. */
const FLOOR_MS = 40;

/** Twice the text may take this many times the CPU time; twice as much is linear, four times is quadratic. */
const MAX_GROWTH = 3;

/** Work that takes more CPU time than this stands out from what a measurement scatters by: once is enough. */
const CLEAR_MS = 300;

const REPEATS = 3;

/** Does something with a text of this length. */
export type Work = (length: number) => Promise<unknown>;

/** Other work of the process, such as collecting garbage, can fall into a measurement. It does not do so each time. */
const CONFIRMATIONS = 3;

/**
 * Says how CPU time grows where it grows faster than the length of the text, in each of three measurements; undefined where
 * it does not.
 */
export async function superlinear(work: Work, length: number): Promise<string | undefined> {
  let finding: string | undefined;
  for (let time = 0; time < CONFIRMATIONS; time++) {
    finding = await measureGrowth(work, length);
    if (finding === undefined) return undefined;
  }
  return finding;
}

/** Only work that takes long at the full length is measured again, at half of it too. */
async function measureGrowth(work: Work, length: number): Promise<string | undefined> {
  const first = await cpuMs(() => work(length));
  if (first < FLOOR_MS) return undefined;
  const repeats = first > CLEAR_MS ? 1 : REPEATS;
  const whole = repeats === 1 ? first : await leastCpuMs(() => work(length), repeats);
  if (whole < FLOOR_MS) return undefined;
  const half = await leastCpuMs(() => work(length / 2), repeats);
  if (whole < MAX_GROWTH * half) return undefined;
  return `${Math.round(half)} ms for ${length / 2}, ${Math.round(whole)} ms for ${length}`;
}

async function leastCpuMs(work: () => Promise<unknown>, repeats: number): Promise<number> {
  let least = Infinity;
  for (let repeat = 0; repeat < repeats; repeat++) least = Math.min(least, await cpuMs(work));
  return least;
}

async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = cpuTakenMs();
  await work();
  return cpuTakenMs() - before;
}

/**
 * CPU time in milliseconds that the whole process, which serves and asks, has taken since it began: other processes on the machine do
 * not count.
 */
export function cpuTakenMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
