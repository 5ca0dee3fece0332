import { normalizeTenantId, tenantIdProblem } from "../../src/values/tenant-id";

const GUID = "6f1c2a54-0c1c-4f0e-9a53-5f4f6d0f7a11";

it.each([GUID, GUID.toUpperCase(), `{${GUID}}`, ` {${GUID.toUpperCase()}}\n`])(
  "%p is one tenant",
  (written) => {
    expect(normalizeTenantId(written)).toBe(GUID);
    expect(tenantIdProblem(written)).toBeUndefined();
  },
);

it.each(["org_AbC123", "Contoso GmbH", "t", "тенант-7", "507f1f77bcf86cd799439011", "x".repeat(64)])(
  "%p is the id of another issuer and stays as it is",
  (written) => {
    expect(normalizeTenantId(written)).toBe(written);
    expect(tenantIdProblem(written)).toBeUndefined();
  },
);

it("ids of other issuers that differ in letter case, or look alike, are two", () => {
  expect(normalizeTenantId("org_A")).not.toBe(normalizeTenantId("org_a"));
  expect(normalizeTenantId("\u212aarl")).toBe("\u212aarl");
});

it.each<[string, string, RegExp]>([
  ["nothing", "", /1 to 64/],
  ["spaces", "   ", /1 to 64/],
  ["65 characters", "x".repeat(65), /1 to 64/],
  ["a very long text", "x".repeat(1_000_000), /1 to 64/],
  ["two lines", "one\ntwo", /one line/],
  ["a zero-width space", "org\u200b1", /invisible/],
  ["half of a character", "org\ud800", /invisible/],
  ["a damaged text", "org\uFFFD", /invisible/],
  ["a GUID that lacks a digit", GUID.slice(0, -1), /nearly a GUID/],
  ["a GUID with one brace", `{${GUID}`, /braces/],
  ["something else in braces", "{org}", /braces/],
])("%s is refused", (_what, written, problem) => {
  expect(tenantIdProblem(written)).toMatch(problem);
  expect(normalizeTenantId(normalizeTenantId(written))).toBe(normalizeTenantId(written));
});
