import fc from "fast-check";

import {
  emailAddressPrefix,
  emailAddressProblem,
  normalizeEmailAddress,
} from "../../src/values/email-address";

const local64 = "a".repeat(64);
const domainOf = (length: number) => `${"b".repeat(61)}.${"b".repeat(61)}.${"b".repeat(length - 128)}.com`;

it.each([
  ["someone@contoso.com"],
  ["Some.One+partner@Contoso.COM"],
  ["o'brien@contoso.com"],
  ["_@contoso.com"],
  ["admin@contoso.onmicrosoft.com"],
  ["info@münchen.de"],
  ["someone@microsoft.com.example"],
  ["someone@notmicrosoft.com"],
  [`${local64}@${domainOf(189)}`],
])("%s is a usable e-mail address", (email) => {
  expect(emailAddressProblem(email)).toBeUndefined();
});

it.each([
  ["nothing", "", /form name@domain/],
  ["no @", "contoso.com", /form name@domain/],
  ["no name", "@contoso.com", /form name@domain/],
  ["no domain", "someone@", /domain of the e-mail.*two parts/],
  ["two @", "some@one@contoso.com", /form name@domain/],
  ["a quoted name", '"someone"@contoso.com', /form name@domain/],
  ["a leading dot", ".someone@contoso.com", /form name@domain/],
  ["a final dot in the name", "someone.@contoso.com", /form name@domain/],
  ["two dots in a row", "some..one@contoso.com", /form name@domain/],
  ["a name of 65", `a${local64}@contoso.com`, /form name@domain/],
  ["a name that is not ASCII", "jürgen@contoso.com", /form name@domain/],
  ["a letter that only looks like k", "\u212aim@contoso.com", /form name@domain/],
  ["a list", "a@contoso.com,b@contoso.com", /one bare address/],
  ["a display name", "Someone <someone@contoso.com>", /one bare address/],
  ["a line break", "someone@contoso.com\r\nBcc:x@y.com", /one bare address/],
  ["a line break at the end", "someone@contoso.com\n", /one bare address/],
  ["a space at the end", "someone@contoso.com ", /one bare address/],
  ["a null character", "some\0one@contoso.com", /one bare address/],
  ["a zero-width space", "some\u200bone@contoso.com", /one bare address/],
  ["an address of 255", `${local64}@${domainOf(190)}`, /at most 254/],
  ["a single-label domain", "someone@localhost", /domain of the e-mail.*two parts/],
  ["an IP address", "someone@192.0.2.1", /domain of the e-mail.*IP address/],
  ["an address literal", "someone@[192.0.2.1]", /domain of the e-mail.*Each part/],
  ["an address at Microsoft", "someone@Microsoft.com", /microsoft\.com/],
])("%s is refused as an e-mail address", (_what, email, problem) => {
  expect(emailAddressProblem(email)).toMatch(problem);
});

it.each([
  [" Some.One@Contoso.COM\n", "some.one@contoso.com"],
  ["INFO@MÜNCHEN.DE", "info@xn--mnchen-3ya.de"],
  ["No Address", "no address"],
])("%p is stored as %s", (written, stored) => {
  expect(normalizeEmailAddress(written)).toBe(stored);
});

it.each([
  ["\u212aarl@contoso.com", "\u212aarl@contoso.com"],
  ["karl@\u212aontoso.com", "karl@\u212aontoso.com"],
  ["karl@con\u00adtoso.com", "karl@con\u00adtoso.com"],
])("%p becomes nobody else's address", (written, normalized) => {
  expect(normalizeEmailAddress(written)).toBe(normalized);
  expect(emailAddressProblem(written)).toBeDefined();
});

it.each([
  ["Some.O", "some.o"],
  [" INFO@Münch", "info@xn--mnch-0ra"],
  ["info@MÜNCHEN.d", "info@xn--mnchen-3ya.d"],
  ["\u212aarl", "\u212aarl"],
])("addresses that begin with %p are found as %s", (written, prefix) => {
  expect(emailAddressPrefix(written)).toBe(prefix);
});

it("a normalised address is as usable as the address and does not change when normalised again", () => {
  fc.assert(
    fc.property(fc.emailAddress(), (email) => {
      const once = normalizeEmailAddress(email);
      expect(normalizeEmailAddress(once)).toBe(once);
      expect(emailAddressProblem(once)).toBe(emailAddressProblem(email));
    }),
  );
});
