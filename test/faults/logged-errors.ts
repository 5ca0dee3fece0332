/** The errors in servers' logs (lines of JSON), by code and message, with how often each was there; numbers in the messages are left out. */
export function errorsIn(log: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of log.split("\n")) {
    if (!line.startsWith("{")) continue;
    const { err } = JSON.parse(line) as { err?: { code?: string; message?: string } };
    if (!err) continue;
    const kind = `${err.code ?? ""} ${err.message ?? ""}`.replace(/\d+/g, "n").slice(0, 120);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}
