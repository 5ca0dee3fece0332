import { RequestRefused } from "./request-refused";

/**
 * A target that every program reads alike (RFC 9112, 3.2.1): it begins with one slash, and has no fragment, no backslash, no
 * space, no control character and nothing but ASCII. Anything else is read differently by URL, by routers and by proxies.
 */
const PLAIN_TARGET = /^\/(?:[!"$-.0-[\]-~][!"$-[\]-~]*)?$/;

/** The query parameters of an address, each decoded once. */
export class AddressParameters extends Map<string, string> {
  /** Why they cannot be understood. */
  problem: string | undefined;
}

/**
 * Reads the query parameters of an address, without its question mark: the only place that does. The router calls it, so it
 * never throws; `ensurePlainTarget` refuses what it could not read.
 */
export function parseParameters(search: string): AddressParameters {
  const parameters = new AddressParameters();
  if (search === "") return parameters;
  for (const part of search.split("&")) {
    if (part === "") continue;
    const end = part.indexOf("=");
    const name = decoded(end < 0 ? part : part.slice(0, end));
    const value = end < 0 ? "" : decoded(part.slice(end + 1));
    if (name === undefined || value === undefined) {
      parameters.problem = "The address has a % that does not begin a percent-encoded UTF-8 character.";
      return parameters;
    }
    if (parameters.has(name)) {
      parameters.problem = "The address has a query parameter more than once. Send each parameter once.";
      return parameters;
    }
    parameters.set(name, value);
  }
  return parameters;
}

/** As a form encodes it: a plus sign is a space. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

/**
 * Refuses a request whose address can be read in more than one way. `target` is as it stands in the request line.
 * @throws RequestRefused naming the rule
 */
export function ensurePlainTarget(target: string, parameters: unknown): void {
  if (!PLAIN_TARGET.test(target)) {
    throw new RequestRefused(
      400,
      "The address in the request line must be a path that begins with one /, in ASCII, without # and \\. Percent-encode such characters.",
    );
  }
  if (parameters instanceof AddressParameters && parameters.problem !== undefined)
    throw new RequestRefused(400, parameters.problem);
}
