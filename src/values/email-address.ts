import { domainNamePrefix, domainNameProblem, lowerCaseAscii, normalizeDomainName } from "./domain-name";

const MAX_LENGTH = 254;
/** A longer text, in UTF-16 code units, is no e-mail address in any spelling. */
const MAX_RAW_LENGTH = 2 * MAX_LENGTH;
const LOCAL_PART = /^(?=.{1,64}$)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;

/**
 * Gives the one spelling under which an e-mail address is stored and compared: trimmed, ASCII letters in lower case, its
 * domain as normalizeDomainName gives it. Other letters of the name stay, so that the Kelvin sign never becomes a k. Any text
 * is allowed, one that is much too long only comes back trimmed; normalising twice changes nothing.
 */
export function normalizeEmailAddress(email: string): string {
  const text = email.trim();
  if (text.length > MAX_RAW_LENGTH) return text;
  const { localPart, domain } = split(text);
  return domain === undefined
    ? lowerCaseAscii(localPart)
    : `${lowerCaseAscii(localPart)}@${normalizeDomainName(domain)}`;
}

/** Gives the beginning of stored e-mail addresses that a beginning of an address means; the domain as in domainNamePrefix. */
export function emailAddressPrefix(prefix: string): string {
  const text = prefix.trim();
  if (text.length > MAX_RAW_LENGTH) return text;
  const { localPart, domain } = split(text);
  return domain === undefined
    ? lowerCaseAscii(localPart)
    : `${lowerCaseAscii(localPart)}@${domainNamePrefix(domain)}`;
}

/**
 * Says in one sentence why `email` is not a usable e-mail address, and what is accepted; undefined when it is usable.
 * Usable is name@domain of at most 254 characters: a name of 1 to 64 ASCII letters, digits and the signs RFC 5321
 * allows unquoted, and a domain that passes domainNameProblem, in any letter case. Whitespace, control and invisible
 * characters, commas and angle brackets are refused wherever they stand, so that the text is safe in a mail header.
 * So are addresses at microsoft.com; whether the domain is the partner's own is for the caller to judge, who knows
 * the partner. Source: docs/sources.md, names and addresses; RFC 5321 4.1.2 and 4.5.3.1.
 */
export function emailAddressProblem(email: string): string | undefined {
  if (email.length > MAX_RAW_LENGTH || normalizeEmailAddress(email).length > MAX_LENGTH) {
    return `An e-mail address has at most ${MAX_LENGTH} characters; give a shorter one.`;
  }
  if (/[\s\p{C},<>]/u.test(email)) {
    return (
      "An e-mail address contains no spaces, line breaks, commas, angle brackets or invisible characters; " +
      "give one bare address."
    );
  }
  const { localPart, domain } = split(email);
  if (domain === undefined || !LOCAL_PART.test(localPart)) {
    return (
      "An e-mail address has the form name@domain, the name 1 to 64 ASCII letters, digits and signs such as . _ + - " +
      "with no dot first, last or twice in a row; correct it."
    );
  }
  const domainProblem = domainNameProblem(domain);
  if (domainProblem !== undefined) return `The domain of the e-mail address is not usable. ${domainProblem}`;
  if (normalizeDomainName(domain) === "microsoft.com") {
    return "An address at microsoft.com is the platform's own; give an address at the person's own organization.";
  }
  return undefined;
}

/** Why an address cannot be a customer's: it is of the partner's own domain (docs/sources.md, names and addresses); undefined when it can. */
export function ownDomainProblem(
  email: string | null | undefined,
  partnerDomain: string,
): string | undefined {
  if (!email || split(normalizeEmailAddress(email)).domain !== partnerDomain) return undefined;
  return `An address of your own domain ${partnerDomain} is not the customer's; give one at the customer's organization.`;
}

function split(email: string): { localPart: string; domain: string | undefined } {
  const at = email.lastIndexOf("@");
  return at < 0
    ? { localPart: email, domain: undefined }
    : { localPart: email.slice(0, at), domain: email.slice(at + 1) };
}
