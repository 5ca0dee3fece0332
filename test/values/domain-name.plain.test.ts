import fc from "fast-check";

import { domainNamePrefix, domainNameProblem, normalizeDomainName } from "../../src/values/domain-name";

const label63 = "a".repeat(63);
const nameOf = (length: number) => `${`${label63}.`.repeat(3)}${"a".repeat(length - 196)}.com`;

it.each([
  ["contoso.com"],
  ["xyz.ccsctp.net"],
  ["4th-coffee.co.uk"],
  ["xn--mnchen-3ya.de"],
  ["a.bc"],
  [`${label63}.com`],
  [nameOf(253)],
  ["c.onmicrosoft.com"],
  [`${"a".repeat(27)}.onmicrosoft.com`],
  ["notonmicrosoft.com"],
  ["onmicrosoft.com.example"],
])("%s is a usable domain name", (domain) => {
  expect(domainNameProblem(domain)).toBeUndefined();
  expect(normalizeDomainName(domain)).toBe(domain);
});

it.each([
  ["  Contoso.COM ", "contoso.com"],
  ["MÜNCHEN.de", "xn--mnchen-3ya.de"],
  ["mu\u0308nchen.de", "xn--mnchen-3ya.de"],
  ["XN--MNCHEN-3YA.de", "xn--mnchen-3ya.de"],
  ["例え。テスト", "xn--r8jz45g.xn--zckzah"],
  ["ΟΔΟΣ.gr", "xn--pxavbq.gr"],
])("%p is the domain name %s", (written, domain) => {
  expect(normalizeDomainName(written)).toBe(domain);
  expect(domainNameProblem(written)).toBeUndefined();
});

it.each([
  ["an empty name", "", /two parts/],
  ["a single label", "contoso", /two parts/],
  ["a final dot", "contoso.com.", /end with a dot/],
  ["a scheme", "https://contoso.com", /scheme/],
  ["a port", "contoso.com:443", /scheme/],
  ["a path", "contoso.com/evil", /scheme/],
  ["a path behind an international name", "münchen.de/evil", /scheme/],
  ["a query", "münchen.de?x=1", /scheme/],
  ["a backslash", "contoso.com\\evil", /scheme/],
  ["an e-mail address", "admin@contoso.com", /scheme/],
  ["an IPv6 address", "[::1]", /scheme/],
  ["a space inside", "con toso.com", /Each part/],
  ["a tab inside", "con\ttoso.com", /Each part/],
  ["a percent escape", "%41.com", /Each part/],
  ["an underscore", "con_toso.com", /Each part/],
  ["an empty label", "contoso..com", /Each part/],
  ["a leading dot", ".contoso.com", /Each part/],
  ["a hyphen first", "-contoso.com", /Each part/],
  ["a hyphen last", "contoso-.com", /Each part/],
  ["a label of 64", `${"a".repeat(64)}.com`, /1 to 63/],
  ["an international label too long in ASCII", `${"ü".repeat(62)}.de`, /1 to 63/],
  ["a direction override", "con\u202etoso.com", /Each part/],
  ["a full-width slash", "contoso.com／evil", /Each part/],
  ["a Kelvin sign for a k", "\u212aontoso.com", /Each part/],
  ["full-width letters", "ｃontoso.com", /Each part/],
  ["a long s", "conto\u017fo.com", /Each part/],
  ["a soft hyphen that nobody sees", "con\u00adtoso.com", /Each part/],
  ["a variation selector that nobody sees", "contoso\ufe0f.com", /Each part/],
  ["a name of 254", nameOf(254), /at most 253/],
  ["an IPv4 address", "192.0.2.1", /IP address/],
  ["a short IPv4 address", "10.1", /IP address/],
  ["an IPv4 address in hexadecimal", "0x7f.0x1", /IP address/],
  ["an xn-- label that encodes nothing", "xn--a.com", /xn--/],
  ["a platform prefix of 28", `${"a".repeat(28)}.onmicrosoft.com`, /1 to 27/],
  ["a platform prefix with a hyphen", "con-toso.onmicrosoft.com", /1 to 27/],
  ["an international platform prefix", "münchen.onmicrosoft.com", /1 to 27/],
  ["a platform prefix of two labels", "a.b.OnMicrosoft.com", /1 to 27/],
  ["the platform's own domain", "onmicrosoft.com", /1 to 27/],
])("%s is refused as a domain name", (_what, domain, problem) => {
  expect(domainNameProblem(domain)).toMatch(problem);
});

it("an international name beyond the limit is not converted, since that would take seconds for a huge one", () => {
  const huge = Array.from({ length: 300_000 }, (_, place) =>
    String.fromCodePoint(0x4e00 + (place % 20_000)),
  ).join("");
  expect(normalizeDomainName(huge)).toBe(huge);
  expect(domainNameProblem(huge)).toMatch(/at most 253/);
});

const almostDomains = fc.oneof(
  fc.domain(),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc
    .array(
      fc.constantFrom("a", "Z", "1", "-", ".", "ü", "Σ", "。", "xn--", "0x", "/", "@", " ", "\t", "%41"),
      { maxLength: 12 },
    )
    .map((parts) => parts.join("")),
);

it("a normalised domain name does not change when normalised again", () => {
  fc.assert(
    fc.property(almostDomains, (text) => {
      const once = normalizeDomainName(text);
      expect(normalizeDomainName(once)).toBe(once);
    }),
    { numRuns: 2000 },
  );
});

it("whatever passes is stored as lower-case ASCII labels", () => {
  fc.assert(
    fc.property(almostDomains, (text) => {
      fc.pre(domainNameProblem(text) === undefined);
      expect(normalizeDomainName(text)).toMatch(/^(?=.{3,253}$)([a-z0-9-]{1,63}\.)+[a-z0-9-]{1,63}$/);
    }),
    { numRuns: 2000, maxSkipsPerRun: 1000 },
  );
});

it.each([
  ["Conto", "conto"],
  [" contoso.", "contoso."],
  ["10", "10"],
  ["münchen", "xn--mnchen-3ya"],
  ["MU\u0308NCHEN.De", "xn--mnchen-3ya.de"],
  ["例え。テスト", "xn--r8jz45g.xn--zckzah"],
  ["\u212aarl", "\u212aarl"],
  ["", ""],
])("names that begin with %p are found as %s", (written, prefix) => {
  expect(domainNamePrefix(written)).toBe(prefix);
});

it("the joiner that a Persian name needs stays a part of it", () => {
  expect(domainNameProblem("نامه\u200cای.com")).toBeUndefined();
  expect(normalizeDomainName("نامه\u200cای.com")).not.toBe(normalizeDomainName("نامهای.com"));
});
