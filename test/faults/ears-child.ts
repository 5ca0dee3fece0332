import { Ears } from "./ears";
import type { Answer, Call } from "./ears-process";

const ears = new Ears();

// Whoever started us is gone, and nobody wants to know any more.
process.once("disconnect", () => process.exit());
// A Ctrl-C is for the one who started us: it ends us when it has cleaned up.
process.on("SIGINT", () => undefined);

process.on("message", ({ n, method, args }: Call) => {
  const answer = (words: Omit<Answer, "n">) => process.send?.({ n, ...words });
  const act = ears[method] as (...given: unknown[]) => unknown;
  Promise.resolve()
    .then(() => act.apply(ears, args))
    .then(
      (result) => answer({ result }),
      (error: unknown) => answer({ error: (error as Error).stack ?? String(error) }),
    );
});
