import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { answerHelp } from "./help.mjs";

const NAMES = ["base-url", "types", "customer", "cursor-file", "after", "handler", "count"];

/**
 * The options of websocket.mjs, from the command line, and what is not there from the variables: --cursor-file is
 * CURSOR_FILE. Says what is wrong and ends the program with 2 when something is; with 0 when it is asked for --help.
 */
export function readOptions() {
  answerHelp();
  try {
    return checked();
  } catch (error) {
    process.stderr.write(
      `${error.message}\nUsage: TOKEN=... node examples/listeners/websocket.mjs [options]; --help has the options.\n`,
    );
    process.exit(2);
  }
}

function checked() {
  const texts = Object.fromEntries(NAMES.map((name) => [name, { type: "string" }]));
  const { values } = parseArgs({ options: { ...texts, "skip-lost": { type: "boolean" } } });
  const option = (name) => values[name] || process.env[name.toUpperCase().replaceAll("-", "_")] || undefined;
  const { TOKEN, TOKEN_COMMAND } = process.env;
  if (!TOKEN && !TOKEN_COMMAND) throw new Error("a token is needed: set TOKEN or TOKEN_COMMAND");
  const baseUrl = option("base-url") ?? "http://127.0.0.1:4000";
  if (!/^https?:\/\//.test(baseUrl) || !URL.canParse(baseUrl))
    throw new Error("--base-url starts with http:// or https://");
  const handler = option("handler") ?? resolve(import.meta.dirname, "handlers/print.mjs");
  if (!existsSync(handler)) throw new Error(`--handler names a file; there is no ${handler}`);
  const count = option("count");
  if (count !== undefined && !/^[1-9]\d*$/.test(count)) throw new Error("--count is a number from 1");
  return {
    liveUrl: `${baseUrl.replace(/^http/, "ws").replace(/\/$/, "")}/graphql`,
    types: option("types")?.split(","),
    customer: option("customer"),
    cursorFile: option("cursor-file"),
    after: option("after"),
    handler: pathToFileURL(handler).href,
    count: count && Number(count),
    skipsLost: Boolean(option("skip-lost")),
  };
}
