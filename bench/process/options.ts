import { parseArgs } from "node:util";

/**
 * Reads a script's command line by its defaults: `--rounds 3` where the default is a number, `--database sqlite,mariadb`
 * where it is a list of words. `--write` is always allowed.
 * @throws Error it cannot be understood
 */
export function readScale<Scale extends { [name: string]: number | string[] }>(
  args: string[],
  usual: Scale,
): Scale {
  const options = Object.fromEntries(Object.keys(usual).map((name) => [name, { type: "string" as const }]));
  const { values } = parseArgs({ args, options: { ...options, write: { type: "boolean" as const } } });
  const given = values as Record<string, string | undefined>;
  const read = Object.entries(usual).map(([name, value]) => {
    const text = given[name];
    if (text === undefined) return [name, value];
    return [name, Array.isArray(value) ? text.split(",") : positive(name, text)];
  });
  return Object.fromEntries(read) as Scale;
}

function positive(name: string, text: string): number {
  const figure = Number(text);
  if (figure > 0) return figure;
  throw new Error(`--${name} must be a number above 0`);
}
