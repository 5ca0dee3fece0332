import { domainToASCII } from "node:url";

const MAX_LENGTH = 253;
/** A longer text, in UTF-16 code units, is no domain name in any spelling. */
const MAX_RAW_LENGTH = 2 * MAX_LENGTH;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const CONVERTIBLE = /^[a-z0-9.\-\u0080-\u{10ffff}]{1,253}$/iu;
// Characters that lookup drops, all but the joiners that some scripts need.
const DROPPED = /(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/u;
const PLATFORM_DOMAIN = /^[a-z0-9]{1,27}\.onmicrosoft\.com$/;

/**
 * Gives the one spelling under which a domain name is stored and compared: no whitespace around it, lower case, and
 * an international name in its ASCII form ("MÜNCHEN.de" becomes "xn--mnchen-3ya.de"). Any text is allowed; what is no
 * domain name comes back trimmed and, unless it is much too long, in lower case, for domainNameProblem to refuse. So
 * does one with a character that only looks like ASCII (the Kelvin sign, a full-width letter) or that is never seen: it
 * never becomes somebody else's name. Normalising twice changes nothing.
 */
export function normalizeDomainName(domain: string): string {
  const text = domain.trim();
  if (text.length > MAX_RAW_LENGTH) return text;
  // domainToASCII mends what must be refused (it cuts the text at a slash, decodes %41, drops tabs) and takes seconds
  // for a very long text, so it sees only what could be a domain name. It knows lower case better than toLowerCase (Σ).
  if (isDisguised(text)) return lowerCaseAscii(text);
  return (CONVERTIBLE.test(text) && domainToASCII(text)) || text.toLowerCase();
}

/**
 * Gives the beginning of stored domain names that a beginning of a name means: lower case, and of an international name each
 * part in its ASCII form. That form of a part is known only when the part is whole: "münchen" finds "münchen.de" and not
 * "münchener.de".
 */
export function domainNamePrefix(prefix: string): string {
  const text = prefix.trim();
  if (text.length > MAX_RAW_LENGTH) return text;
  if (isDisguised(text)) return lowerCaseAscii(text);
  // Part by part: alone, "10" would be read as an IP address.
  const ofPart = (part: string) => (ASCII.test(part) ? part.toLowerCase() : normalizeDomainName(part));
  return text
    .normalize("NFC")
    .split(/[.\u3002]/)
    .map(ofPart)
    .join(".");
}

/** Whether a name holds what conversion would turn into other, plain characters, or leave out. */
function isDisguised(text: string): boolean {
  if (ASCII.test(text)) return false;
  if (DROPPED.test(text)) return true;
  return [...text].some((one) => !ASCII.test(one) && ASCII.test(one.normalize("NFKC").toLowerCase()));
}

const ASCII = /^[\x20-\x7e]*$/;

/** A text with its ASCII letters in lower case, and every other character as it was. */
export function lowerCaseAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/**
 * Says in one sentence why `domain` is not a usable domain name, and what is accepted; undefined when it is usable.
 * Judges the normalised name, so letter case, an international name and whitespace around it are no problem: store
 * what normalizeDomainName gives. Usable is a DNS host name of at least two labels and at most 253 characters, each
 * label 1 to 63 letters, digits and inner hyphens, the last not a number; no scheme, port, path, @ or final dot.
 * Under onmicrosoft.com it is one label of 1 to 27 letters and digits. Source: docs/sources.md, customers; RFC 1123.
 */
export function domainNameProblem(domain: string): string | undefined {
  const name = normalizeDomainName(domain);
  if (name.length > MAX_LENGTH) {
    return `A domain name has at most ${MAX_LENGTH} characters in its ASCII form; shorten it.`;
  }
  const labels = name.split(".");
  if (/[:/\\?#@]/.test(name)) {
    return "A domain name stands alone; leave out the scheme, user, port and path, for example contoso.com.";
  }
  if (name.endsWith(".")) {
    return "A domain name does not end with a dot; leave the last dot out.";
  }
  if (labels.length < 2) {
    return "A domain name has at least two parts with a dot between them; write it in full, for example contoso.com.";
  }
  if (!labels.every((label) => LABEL.test(label))) {
    return (
      "Each part of a domain name is 1 to 63 letters, digits and hyphens and neither begins nor ends with a hyphen; " +
      "correct the part that is not."
    );
  }
  // A name is its own ASCII form unless it is an IP address in disguise or has an xn-- part that encodes nothing.
  if (/^\d+$/.test(labels.at(-1) ?? "") || domainToASCII(name) !== name) {
    return "This names no domain: it is an IP address or has a malformed xn-- part; give a name such as contoso.com.";
  }
  if (`.${name}`.endsWith(".onmicrosoft.com") && !PLATFORM_DOMAIN.test(name)) {
    return "Before .onmicrosoft.com stand 1 to 27 letters and digits and nothing else; choose such a prefix.";
  }
  return undefined;
}
