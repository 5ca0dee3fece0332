import { ConfigInvalid, loadConfig } from "../../src/config/config";

/** The problems of an environment, a line each; none when it is valid. */
export function problemsOf(environment: Record<string, string>): string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.message.split("\n");
    throw error;
  }
}
