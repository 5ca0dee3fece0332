/** What the bench says to a server under measurement, over IPC. */
export type Command = { fanOut: number } | { cpu: true };

/** What a server answers. */
export type Report = { url: string } | { fannedOut: true } | { cpuMs: number };

/** What the clients say. */
export type Heard = { connected: number } | { received: number; sample?: string };

/** The document that every listener subscribes with: the facts of an event, some 300 bytes of them. */
export const DOCUMENT = `subscription ($after: String) {
  events(after: $after) { id position cursor type occurredAt ... on CustomerEvent { customerId companyName domain } } }`;

/** Answers the bench's commands in a server's process: `work` makes that many events and resolves when all are sent. */
export function serveBench(url: string, work: (count: number) => Promise<void>): void {
  const tell = (report: Report) => process.send?.(report);
  process.on("message", (command: Command) => {
    if ("cpu" in command) {
      const { user, system } = process.cpuUsage();
      tell({ cpuMs: (user + system) / 1_000 });
    } else void work(command.fanOut).then(() => tell({ fannedOut: true }));
  });
  process.on("disconnect", () => process.exit(0));
  tell({ url });
}
