import { setTimeout as pause } from "node:timers/promises";
import { openListener } from "../fan-out/listener";

/** Listeners that come and go until the bench ends: so many at once, each batch for a second. */
const [url = "", token = "", count = "0"] = process.argv.slice(2);

async function main(): Promise<void> {
  for (;;) {
    const opening = Array.from({ length: Number(count) }, (_, at) => openListener(url, token, `churn-${at}`));
    const sockets = await Promise.all(opening);
    await pause(1_000);
    // Half of them say goodbye, half are cut off.
    for (const [at, socket] of sockets.entries())
      if (at % 2) socket.close(1_000);
      else socket.terminate();
  }
}

process.on("disconnect", () => process.exit(0));
main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
