import pino from "pino";

/**
 * A line of the log as a person reads it in a terminal: the time, the level, the message, and the fields as `name=value`; the
 * stack of an error on lines of its own. Ours, because pino-pretty and its dozen packages would be installed with every server.
 * @param line one JSON object as pino writes it; any other text is given back as it is
 */
export function readableLine(line: string): string {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line;
  }
  const { level, time, msg, err, ...others } = fields;
  const name = pino.levels.labels[Number(level)] ?? "";
  const { type, message, stack, ...more } = (err ?? {}) as Record<string, unknown>;
  const pairs = Object.entries({ ...others, ...more })
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}=${plain(value)}`);
  const head = [String(time).slice(11, 23), name.toUpperCase().padEnd(5), plain(msg ?? "", true), ...pairs];
  const cause =
    err === undefined
      ? []
      : [plain(stack ?? `${plain(type)}: ${plain(message)}`, true).replace(/^/gm, "    ")];
  return [head.join(" ").trimEnd(), ...cause].join("\n");
}

/** What could move the cursor of a terminal, or hide what stands before it. */
const CONTROLS = /[^\P{Cc}\n]/gu;

function plain(value: unknown, isProse = false): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  const isOneWord = /^[^\s"=]+$/.test(text);
  return (isProse || isOneWord || typeof value !== "string" ? text : JSON.stringify(text)).replace(
    CONTROLS,
    " ",
  );
}
