/** Names that begin so are read as an attempt at one of ours. */
const OUR_PREFIXES = /^(PARTNERGRAPH|LIMIT|OIDC|TRUSTED_DOCUMENTS|WEBHOOKS?)_/;

/** Variables of our own tests and tools, which the server does not read. */
const OF_OUR_TOOLS = /^PARTNERGRAPH_TEST_/;

/** What the example receiver of webhooks reads, and often stands in the same shell. */
const OF_OUR_EXAMPLES = new Set(["WEBHOOK_SECRETS"]);

/** What Kubernetes sets in every container for a service that is called `partnergraph`. */
const OF_KUBERNETES = /_SERVICE_(HOST|PORT)|_PORT_\d+_(TCP|UDP)/;

/** UTF-16 code units of an unknown name that a warning repeats. A longer one is not compared with ours either. */
const MAX_NAME_LENGTH = 60;

const MAX_EDITS = 2;

/**
 * Finds variables that are not ours and look as if they were meant to be: misspelt by up to two letters, with the same
 * words in another order, with words shortened or left out, in small letters, or with a prefix of ours. Values are never repeated: they may be secrets.
 * @param environment the variables that are set
 * @param known the names of all variables that the server reads
 * @returns a sentence for each, with the nearest known name where there is one
 */
export function warningsOfUnknown(
  environment: Record<string, string | undefined>,
  known: readonly string[],
): string[] {
  const names = new Set(known);
  const unknown = Object.entries(environment).filter(
    ([name, value]) => !names.has(name) && !isOthers(name, value),
  );
  return unknown.flatMap(([name]) => {
    const nearest = nearestName(name, known);
    if (!nearest && !OUR_PREFIXES.test(name)) return [];
    const way = nearest ? ` Did you mean ${nearest}?` : "";
    return [`${name.slice(0, MAX_NAME_LENGTH)} is not a variable of Partnergraph and has no effect.${way}`];
  });
}

function isOthers(name: string, value: string | undefined): boolean {
  return (
    OF_OUR_TOOLS.test(name) ||
    OF_OUR_EXAMPLES.has(name) ||
    OF_KUBERNETES.test(name) ||
    (value ?? "").startsWith("tcp://") // NAME_PORT, which Kubernetes sets too.
  );
}

/** The known name that an unknown one was probably meant to be. */
function nearestName(unknown: string, known: readonly string[]): string | undefined {
  if (unknown.length > MAX_NAME_LENGTH) return undefined;
  const name = unknown.toUpperCase().replace(/^PARTNERGRAPH_/, "");
  const words = wordsOf(name);
  let nearest: { name: string; edits: number } | undefined;
  for (const candidate of known) {
    const edits = words === wordsOf(candidate) ? 0 : editsBetween(name, candidate);
    if (edits <= mostEdits(candidate) && edits < (nearest?.edits ?? Infinity))
      nearest = { name: candidate, edits };
  }
  return nearest?.name ?? shortenedName(name, known);
}

/** The shortest known name that an unknown one has the words of, shortened, or without some of them: DB_URL, EVENT_RETENTION. */
function shortenedName(unknown: string, known: readonly string[]): string | undefined {
  const words = unknown.split("_");
  const candidates = known.filter((name) => hasWordsOf(name.split("_"), words));
  return candidates.sort((one, other) => one.length - other.length)[0];
}

/**
 * Whether all words of an unknown name stand for words of a known one, in its order. Two at least: a word alone may be anything;
 * and one of them at least whole or its beginning: other abbreviations are letters that may mean much.
 */
function hasWordsOf(known: string[], unknown: string[]): boolean {
  if (unknown.length < 2) return false;
  let at = 0;
  let isPlain = false;
  for (const word of unknown) {
    while (at < known.length && !standsFor(word, known[at])) at++;
    if (at === known.length) return false;
    isPlain ||= beginsLike(word, known[at]);
    at++;
  }
  return isPlain;
}

function beginsLike(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return short.length >= MIN_BEGINNING && long.startsWith(short);
}

/** The letters of a beginning that is no accident: DIR is DIRECTORY, and D is nothing. */
const MIN_BEGINNING = 3;

function standsFor(word: string, known: string): boolean {
  return beginsLike(word, known) || isAbbreviation(word, known);
}

/** Some of a word's letters in their order, from the first on: DB of DATABASE, LVL of LEVEL. */
function isAbbreviation(short: string, long: string): boolean {
  if (short.length < 2 || short[0] !== long[0]) return false;
  let from = 0;
  for (const letter of short) {
    const at = long.indexOf(letter, from);
    if (at < 0) return false;
    from = at + 1;
  }
  return true;
}

/** In a short name two other letters make another word: HOME is not HOST. */
function mostEdits(name: string): number {
  return Math.min(MAX_EDITS, Math.floor(name.length / 4));
}

function wordsOf(name: string): string {
  return name.split("_").sort().join("_");
}

/** Letters added, removed, replaced or exchanged with their neighbour (optimal string alignment distance). */
function editsBetween(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > MAX_EDITS) return Infinity;
  let [beforeLast, last]: [number[], number[]] = [
    [],
    Array.from({ length: other.length + 1 }, (_, at) => at),
  ];
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let at = 1; at <= other.length; at++) {
      const isSame = one[row - 1] === other[at - 1];
      const isExchanged =
        row > 1 && at > 1 && one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1];
      current[at] = Math.min(
        last[at] + 1,
        current[at - 1] + 1,
        last[at - 1] + (isSame ? 0 : 1),
        isExchanged ? beforeLast[at - 2] + 1 : Infinity,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return last[other.length];
}
