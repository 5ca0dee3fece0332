import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The version in the package.json of the program. */
export function packageVersion(): string {
  const folder = packageFolder();
  return (folder && packageIn(folder).version) ?? "unknown";
}

/** The folder of the program's package.json, which is some folders above, compiled or not; undefined where it was left out. */
export function packageFolder(): string | undefined {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder))
    if (packageIn(folder).name === "partnergraph") return folder;
  return undefined;
}

function packageIn(folder: string): { name?: string; version?: string } {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      name?: string;
      version?: string;
    };
  } catch {
    return {};
  }
}
