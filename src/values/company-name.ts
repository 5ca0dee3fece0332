import { isLongerThan } from "./text-length";

const MAX_LENGTH = 200;

// Written without dots and spaces, as bareWords leaves them; the list of docs/sources.md (names and addresses), spelled out and in Cyrillic too.
const LEGAL_FORMS = new Set(
  (
    "llc llp inc incorporated ltd limited plc corp corporation ptyltd proprietarylimited pvtltd privatelimited " +
    "gmbh sarl kft zrt ooo ооо sdnbhd"
  ).split(" "),
);

// Line breaks, other control characters and halves of a character, and the overrides that show text in false order.
// Other invisible characters stay allowed: Persian and Indian scripts are misspelled without the zero-width joiners.
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/**
 * Says in one sentence why a company may not be called `name`, and what is accepted; undefined when it may.
 * The name is 1 to 200 characters (code points) in any script; whitespace around it counts for the length only. The length
 * is looked at first, so the name may come from anywhere.
 * Refused: too long, blank, line breaks and other control characters, nothing but special characters, a single
 * character, a bare legal form ("GmbH", "Pty. Ltd."). What the source only warns of ("contoso.com", "aaa", "a b c")
 * is allowed. Source: docs/sources.md, names and addresses; the control characters are our own rule, since names go into mails and exports.
 */
export function companyNameProblem(name: string): string | undefined {
  if (isLongerThan(name, MAX_LENGTH)) {
    return `A company name has at most ${MAX_LENGTH} characters; shorten it.`;
  }
  const visible = name.trim().normalize("NFC");
  if (visible === "") {
    return "A company name may not be empty or blank; give the name the company is registered under.";
  }
  if (UNSAFE.test(name)) {
    return "A company name may not contain line breaks, tabs or other control characters; write it on one line.";
  }
  if (!/[\p{L}\p{N}]/u.test(visible)) {
    return "A company name may not consist of special characters only; include at least one letter or digit.";
  }
  if (Array.from(visible).length === 1) {
    return "A company name may not be a single character; give the company's full name.";
  }
  if (LEGAL_FORMS.has(bareWords(visible))) {
    return "A company name may not be a legal form alone, such as LLC or GmbH; put the company's own name before it.";
  }
  return undefined;
}

function bareWords(name: string): string {
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}
