import type { Config } from "../config/config";

/** Takes secrets and values of rows out of a text that goes into the log or to a terminal. */
export type Redact = (text: string) => string;

/** What stands in the place of what was taken out. */
const HIDDEN = "(not logged)";

/** A shorter secret may be a part of any word: it would make every text unreadable. */
const MIN_SECRET_LENGTH = 4;

/**
 * Texts that are secrets by their form, no matter whose they are: credentials in a URL, bearer tokens, JSON Web Tokens, our API keys and
 * signing secrets, the fragment of an invitation link, and the arguments that Redis repeats of a command that it does not know.
 */
const SECRET_FORMS: readonly [RegExp, string][] = [
  [/:\/\/[^\s/@]{1,500}@/g, `://${HIDDEN}@`],
  [/\b(?:Bearer|Basic) [\w.~+/=-]+/gi, HIDDEN],
  [/\beyJ[\w.-]+/g, HIDDEN],
  [/\b(?:pgk|whsec)_[\w+/=-]+/g, HIDDEN],
  [/\/invitation#[\w-]+/g, `/invitation#${HIDDEN}`],
  [/args beginning with:[^\n]*/g, `args beginning with: ${HIDDEN}`],
];

/**
 * Makes what takes secrets out of texts: those of the configuration wherever they stand, those that are known by their form, and the
 * values that databases repeat in their messages.
 * @param secrets the configuration's secrets; none before it is read
 */
export function redactorOf(secrets: readonly string[] = []): Redact {
  const known = [...new Set(secrets)]
    .filter(({ length }) => length >= MIN_SECRET_LENGTH)
    .sort((a, b) => b.length - a.length);
  return (text) => {
    let kept = withoutValues(text);
    for (const secret of known) kept = kept.replaceAll(secret, HIDDEN);
    for (const [form, instead] of SECRET_FORMS) kept = kept.replace(form, instead);
    return kept;
  };
}

/** The secrets of a configuration, each in every form in which an error could repeat it. */
export function secretsOf({
  database,
  redisUrl,
  webhooks,
}: Pick<Config, "database" | "redisUrl" | "webhooks">): string[] {
  const urls = [database.family === "mysql" ? database.url : undefined, redisUrl];
  const passwords = urls.flatMap((url) => (url === undefined ? [] : passwordsIn(url)));
  const key = webhooks.secretsKey;
  return [...passwords, ...(key ? [key.toString("base64"), key.toString("hex")] : [])];
}

/** The password of a URL as it is written there, and as it is meant. */
function passwordsIn(url: string): string[] {
  if (!URL.canParse(url)) return [];
  const { password } = new URL(url);
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

/** Where a database writes a value into a message, and where that ends; the value may hold quotes and line breaks. */
const VALUE_START = /(?:Duplicate entry|\bvalue:?|\bnear) '/g;
const VALUE_END = /'(?= for | at |$)/gm;

/** A message without values; what follows a value that does not end is left out too. */
function withoutValues(text: string): string {
  let kept = "";
  for (let from = 0; ;) {
    VALUE_START.lastIndex = from;
    const start = VALUE_START.exec(text);
    if (!start) return kept + text.slice(from);
    kept += `${text.slice(from, VALUE_START.lastIndex - 1)}${HIDDEN}`;
    VALUE_END.lastIndex = VALUE_START.lastIndex;
    if (!VALUE_END.exec(text)) return kept;
    from = VALUE_END.lastIndex;
  }
}
