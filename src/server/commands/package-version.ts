import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The version in the package.json of the program, which is some folders above, compiled or not. */
export function packageVersion(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const { name, version } = packageIn(folder);
    if (name === "partnergraph" && version) return version;
  }
  return "unknown";
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
