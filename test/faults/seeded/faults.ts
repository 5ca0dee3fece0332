import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A fault that a patch puts into the program, and the tests that must find it. */
export interface SeededFault {
  /** The file's name, such as `01-removed-customer-visible`. */
  name: string;
  /** The path of the patch. */
  file: string;
  /** What is wrong with the program then, in a sentence. */
  fault: string;
  /** Which mechanism is broken. */
  mechanism: string;
  /** Test files, from the root of the repository; at least one of their tests must fail. */
  foundBy: string[];
}

/**
 * Reads the seeded faults of this folder, in the order of their names.
 * @throws Error a patch does not begin with the lines `Fault:`, `Mechanism:` and `Found by:`
 */
export function readSeededFaults(): SeededFault[] {
  const files = readdirSync(__dirname).filter((file) => file.endsWith(".patch"));
  return files.sort().map((file) => {
    const path = join(__dirname, file);
    const header = /^Fault: (.+)\nMechanism: (.+)\nFound by: (.+)\n\ndiff /.exec(readFileSync(path, "utf8"));
    if (!header) throw new Error(`${file} must begin with the lines Fault:, Mechanism: and Found by:`);
    const [, fault = "", mechanism = "", foundBy = ""] = header;
    return { name: file.replace(".patch", ""), file: path, fault, mechanism, foundBy: foundBy.split(" ") };
  });
}
