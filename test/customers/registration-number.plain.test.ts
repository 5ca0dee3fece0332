import {
  customerPhoneProblem,
  registrationNumberProblem,
} from "../../src/customers/registration-number.policy";

describe.each(["AM", "AZ", "BY", "HU", "IN", "KG", "KZ", "MD", "RU", "TJ", "UA", "UZ"])(
  "a customer in %s",
  (country) => {
    it.each([undefined, null])("needs a registration number and a phone, and %p is none", (absent) => {
      expect(registrationNumberProblem(country, absent)).toMatch(
        `in ${country} needs an organization registration`,
      );
      expect(customerPhoneProblem(country, absent)).toMatch(`in ${country} needs a phone number`);
    });
  },
);

describe.each(["US", "DE", "BR", "CN", "AQ"])("a customer in %s", (country) => {
  it.each([undefined, null])("may leave registration number and phone out: %p", (absent) => {
    expect(registrationNumberProblem(country, absent)).toBeUndefined();
    expect(customerPhoneProblem(country, absent)).toBeUndefined();
  });
});

it.each([
  ["BY", "123456789"],
  ["RU", "7707083893"],
  ["IN", "ABCDE1234F"],
  ["DE", "HRB 12345, Amtsgericht München"],
  ["JP", "法人番号1234567890123"],
  ["US", "x"],
  ["US", "x".repeat(50)],
])("in %s %p will do as a registration number", (country, value) => {
  expect(registrationNumberProblem(country, value)).toBeUndefined();
});

it.each([
  ["BY", "12345678", /exactly 9 digits/],
  ["BY", "1234567890", /exactly 9 digits/],
  ["BY", "123 456 789", /exactly 9 digits/],
  ["BY", "123456789\n", /exactly 9 digits/],
  ["BY", "١٢٣٤٥٦٧٨٩", /exactly 9 digits/],
  ["RU", "", /1 to 50 printable/],
  ["US", "", /1 to 50 printable/],
  ["US", "   ", /1 to 50 printable/],
  ["US", "x".repeat(51), /1 to 50 printable/],
  ["US", "12\r\n34", /1 to 50 printable/],
  ["US", "12\u202e34", /1 to 50 printable/],
])("in %s %p is refused as a registration number", (country, value, problem) => {
  expect(registrationNumberProblem(country, value)).toMatch(problem);
});

it.each([
  ["AM", "010 123456"],
  ["BY", "+375 29 123 45 67"],
  ["BY", "8 029 123-45-67"],
  ["HU", "06 1 234 5678"],
  ["IN", "+919876543210"],
  ["KZ", "8 (701) 123-45-67"],
  ["KZ", "+7 495 123 45 67"],
  ["JE", "+44 20 7946 0958"],
  ["US", "(206) 555-0123"],
  ["US", "206 555 0123 ext. 5"],
  ["US", "+1 800 555 0199"],
  ["AQ", "+64 3 358 8100"],
])("in %s %p is a valid phone number", (country, phone) => {
  expect(customerPhoneProblem(country, phone)).toBeUndefined();
});

it.each([
  ["DE", "+33 1 23 45 67 89"],
  ["BY", "+7 495 123 45 67"],
  ["BY", "123"],
  ["RU", ""],
  ["US", ""],
  ["US", "   "],
  ["US", "206 555 012"],
  ["US", "1-800-FLOWERS"],
  ["US", "call +1 206 555 0123"],
  ["US", "206\n555\n0123"],
  ["US", "+1 206 555 0123\r\nBcc: x"],
  ["US", `+1${"-".repeat(50)}2065550123`],
  ["AQ", "03 358 8100"],
  ["constructor", "206 555 0123"],
])("in %s %p is no valid phone number", (country, phone) => {
  expect(customerPhoneProblem(country, phone)).toMatch(/no valid phone number/);
});

it.each([
  ["US", "+1"],
  ["DE", "+49"],
  ["KZ", "+7"],
])("the example of a phone number in %s begins with %s", (country, code) => {
  expect(customerPhoneProblem(country, "nonsense")).toContain(`in international form (${code} ...).`);
});

it("the example of a phone number names no country's code where the country has no numbers of its own", () => {
  expect(customerPhoneProblem("AQ", "nonsense")).toContain("in international form (+ and a calling code).");
  expect(customerPhoneProblem("AM", undefined)).toContain("in international form (+374 ...).");
});
