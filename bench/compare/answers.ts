import { isDeepStrictEqual } from "node:util";
import { ask, withoutNewValues } from "../requests/answers";
import { type Question, type Request, requestsOf } from "../requests/questions";
import type { Supply } from "../requests/seed";
import type { Both } from "./rounds";

/** How two programs answered the same request differently. */
export interface Difference {
  /** Both answers, or why there are none. */
  text: string;
  /** Whether both answer with data, so that there is something to measure. */
  comparable: boolean;
}

/** How many requests of a scenario are compared, as far as it has different ones. */
export const COMPARED = 4;
const EXCERPT_BEFORE = 100;
const EXCERPT_AFTER = 200;

/**
 * Sends the first requests of each scenario to both programs, which must have databases with the same rows.
 * @returns what differs, by the scenario's name; of a mutation's answer new ids and instants may differ
 */
export async function compareAnswers(
  questions: Question[],
  supply: Supply,
  addresses: Both<{ url: string }>,
): Promise<Map<string, Difference>> {
  const differences = new Map<string, Difference>();
  for (const question of questions) {
    for (const request of requestsOf(question, supply, COMPARED).slice(0, COMPARED)) {
      const difference = await differenceOf(question, request, addresses);
      if (difference) differences.set(question.name, difference);
    }
  }
  return differences;
}

async function differenceOf(
  { mutates }: Question,
  request: Request,
  { candidate, baseline }: Both<{ url: string }>,
): Promise<Difference | undefined> {
  try {
    const answers = [await ask(candidate.url, request), await ask(baseline.url, request)];
    const [one, other] = mutates ? answers.map(withoutNewValues) : answers;
    if (isDeepStrictEqual(one, other)) return undefined;
    return { text: excerpts(JSON.stringify(one), JSON.stringify(other)), comparable: true };
  } catch (error) {
    return { text: error instanceof Error ? error.message : String(error), comparable: false };
  }
}

/** Where two texts begin to differ, with what is around it; a list is 50 kB long. */
function excerpts(candidate: string, baseline: string): string {
  let at = 0;
  while (at < candidate.length && candidate[at] === baseline[at]) at++;
  const from = Math.max(0, at - EXCERPT_BEFORE);
  const excerpt = (text: string) => `${from > 0 ? "…" : ""}${text.slice(from, at + EXCERPT_AFTER)}`;
  return `candidate: ${excerpt(candidate)}\nbaseline:  ${excerpt(baseline)}`;
}
