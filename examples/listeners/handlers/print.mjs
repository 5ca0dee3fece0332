/*
 * Prints one JSON line for each event. This is the place for your own work: copy the file, and name yours with --handler.
 *
 * `handle` gets the events one at a time and in order. When its promise is fulfilled the event counts as handled; when it
 * throws, the program ends, and the next start begins with the same event.
 */
export async function handle(event) {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

process.stdout.on("error", () => process.exit(1)); // whoever read our lines has gone
