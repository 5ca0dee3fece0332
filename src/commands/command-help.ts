import type { Subcommand, SubcommandGroup } from "./subcommand";

const NAME_WIDTH = 20;

/**
 * What a group of subcommands is asked with, a line each: the answer to `--help`.
 * @param called how the group is called, such as `partnergraph admin`
 */
export function helpOfGroup(called: string, { about, notes, subcommands }: SubcommandGroup): string {
  const lines = Object.entries(subcommands).map(
    ([name, entry]) => `  ${name.padEnd(NAME_WIDTH)} ${entry.about}`,
  );
  return [
    `Usage: ${called} SUBCOMMAND ...`,
    "",
    about,
    "",
    ...lines,
    "",
    `${called} SUBCOMMAND --help tells more about one of them.`,
    ...(notes === undefined ? [] : [notes]),
    "",
  ].join("\n");
}

/**
 * What one subcommand does and takes.
 * @param called how it is called, such as `partnergraph admin create-partner`
 */
export function helpOfSubcommand(called: string, { about, options, argument }: Subcommand): string {
  const takes = [argument?.name, Object.keys(options).length > 0 ? "--OPTION VALUE ..." : undefined];
  return [
    ["Usage:", called, ...takes.filter((word) => word !== undefined)].join(" "),
    "",
    about,
    ...(argument || Object.keys(options).length > 0 ? [""] : []),
    ...(argument ? [`  ${argument.name.padEnd(NAME_WIDTH)} ${argument.about}`] : []),
    ...Object.entries(options).map(([option, { about: what, required, choices }]) => {
      const values = choices ? `: ${choices.join(", ")}` : "";
      return `  ${`--${option}`.padEnd(NAME_WIDTH)} ${required ? "" : "(optional) "}${what}${values}`;
    }),
    "",
  ].join("\n");
}
