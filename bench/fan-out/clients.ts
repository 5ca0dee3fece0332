import { openListener } from "./listener";
import type { Heard } from "./protocol";

/** Opens this many listeners and tells how many messages all of them have got, ten times a second. */
const [url = "", token = "", count = "0"] = process.argv.slice(2);
let connected = 0;
let received = 0;
let sample: string | undefined;

async function listen(id: number): Promise<void> {
  await openListener(url, token, `listener-${id}`, (bytes) => {
    received++;
    sample ??= bytes.toString();
  });
  connected++;
}

async function main(): Promise<void> {
  for (let id = 0; id < Number(count); id += 50) {
    await Promise.all(Array.from({ length: Math.min(50, Number(count) - id) }, (_, at) => listen(id + at)));
  }
  const tell = (heard: Heard) => process.send?.(heard);
  tell({ connected });
  setInterval(() => tell({ received, sample }), 100);
  process.on("disconnect", () => process.exit(0));
}

void main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
