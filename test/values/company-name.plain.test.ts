import { companyNameProblem } from "../../src/values/company-name";

it.each([
  "Contoso190",
  "3M",
  "AB",
  "株式会社コントソ",
  "トヨタ",
  "شركة كونتوسو",
  "شرکت نمونه\u200cها",
  "ООО Ромашка",
  "Ärzte GmbH",
  "Inc Research",
  "Yahoo!",
  "contoso.com",
  "aaa",
  "a b c",
])("a company may be called %s", (name) => {
  expect(companyNameProblem(name)).toBeUndefined();
});

it("a company may be called by 200 characters of any script", () => {
  expect(companyNameProblem("x".repeat(200))).toBeUndefined();
  expect(companyNameProblem("𠮷".repeat(200))).toBeUndefined();
});

it.each([
  ["an empty name", "", /empty or blank/],
  ["spaces and tabs", " \t\u3000 ", /empty or blank/],
  ["a name of 201 characters", "x".repeat(201), /at most 200/],
  ["a name made too long by spaces", `x${" ".repeat(199)}y`, /at most 200/],
  ["a line break", "Contoso\r\nBcc: all@contoso.com", /control characters/],
  ["a line break at the end", "Contoso\n", /control characters/],
  ["a direction override", "Contoso \u202egnp.exe", /control characters/],
  ["half a surrogate pair", "Contoso \ud83d", /control characters/],
  ["special characters only", "-- & !!", /special characters only/],
  ["a symbol only", "😀", /special characters only/],
  ["a single letter", " X ", /single character/],
  ["a single Japanese character", "森", /single character/],
  ["a single letter written as two code points", "e\u0301", /single character/],
])("%s is refused as a company name", (_what, name, problem) => {
  expect(companyNameProblem(name)).toMatch(problem);
});

it.each([
  "llc",
  "LLC",
  "L.L.C.",
  "Inc.",
  "ltd",
  "GmbH",
  "plc",
  "Pty Ltd",
  "Pty. Ltd.",
  "pvt ltd",
  "S.A.R.L.",
  "Kft.",
  "Zrt",
  "OOO",
  "ООО",
  "Sdn  Bhd",
  "LLP",
  "Corp",
  "Limited",
  "(Corporation)",
  "ＬＬＣ",
])("the legal form %s alone is refused as a company name", (name) => {
  expect(companyNameProblem(name)).toMatch(/legal form alone/);
});
