import { normalizePhoneNumber, phoneNumberProblem } from "../../src/values/phone-number";

it.each([
  ["\u202a+1 206 555 0123\u202c", "+1 206 555 0123"],
  ["+1\u00a0206\u202f555\u00a00123", "+1 206 555 0123"],
  ["\u200e+1\u00ad206\ufeff5550123", "+12065550123"],
  ["\t(206) 555-0123 ", "(206) 555-0123"],
])("a pasted number %p is taken as %s", (pasted, stored) => {
  expect(phoneNumberProblem("US", pasted)).toBeUndefined();
  expect(normalizePhoneNumber(pasted)).toBe(stored);
});

it("a huge text is refused before anything is done with it", () => {
  expect(phoneNumberProblem("US", "1".repeat(10_000_000))).toMatch(/at most 40 characters/);
});
