import fc from "fast-check";
import { Cloud, type Partner, ProgrammeRole } from "../../entities/partners/partner";
import { draftOf, MAX_SUBJECT_LENGTH, proposedDraft } from "../../src/invitations/invitation-draft";
import { linkOf, newToken } from "../../src/invitations/invitation-link";

const LINK = linkOf("https://partners.example", newToken());
const aPartnerNamed = (name: string): Partner => ({
  id: "part_1",
  tenantId: "t",
  name,
  programmeRole: ProgrammeRole.DIRECT_BILL,
  country: "US",
  cloud: Cloud.PUBLIC,
  domain: "p.example",
  createdAt: "",
  updatedAt: "",
  version: 1,
});

/** What a mail program takes out of the address: RFC 6068, where + is a plus and & only parts the fields. */
function opened(mailto: string): { to: string; fields: Record<string, string> } {
  const url = new URL(mailto);
  const fields = url.search
    .slice(1)
    .split("&")
    .map((field) => field.split("=").map(decodeURIComponent));
  expect(url.protocol).toBe("mailto:");
  expect(url.hash).toBe("");
  expect(fields.every((field) => field.length === 2)).toBe(true);
  return {
    to: decodeURIComponent(url.pathname),
    fields: Object.fromEntries(fields) as Record<string, string>,
  };
}

const withCrlf = (text: string) => text.replace(/\r?\n/g, "\r\n");

describe("the mailto address of a draft", () => {
  it.each([
    ["signs that part a query", "R&D? #1 100% + = ; / \\"],
    ["quotation marks and brackets", `"double" 'single' <b> (round) [square] {curly} \`back\``],
    ["text that looks encoded", "%26bcc=x@y.example&cc=z@y.example"],
    ["letters of other scripts", "Ärzte für 東京 – مرحبا 🚀"],
  ])("gives a mail program the very words: %s", (_what, words) => {
    const message = {
      subject: words,
      bodyTemplate: `${words}\n\n{{link}}\r\n${words}`,
      recipientEmail: "a@b.example",
    };
    const draft = draftOf(message, LINK);
    const { to, fields } = opened(draft.mailto);
    expect(to).toBe("a@b.example");
    expect(fields).toEqual({ subject: words, body: `${words}\r\n\r\n${LINK}\r\n${words}` });
  });

  it("holds no character that could end an HTML attribute, a Markdown link or a header", () => {
    const text = fc.string({ unit: "binary" }).filter((words) => !/\p{Cs}/u.test(words));
    fc.assert(
      fc.property(text, text, (subject, words) => {
        const bodyTemplate = `${words}{{link}}`;
        const { mailto } = draftOf({ subject, bodyTemplate, recipientEmail: "a@b.example" }, LINK);
        expect(mailto).toMatch(/^mailto:[\w.%~@-]*\?subject=[\w.%~-]*&body=[\w.%~-]*$/);
        const { fields } = opened(mailto);
        const body = words.split("{{link}}").join(LINK) + LINK;
        expect(fields).toEqual({ subject, body: withCrlf(body) });
      }),
    );
  });

  it("encodes what a recipient's name may hold, and leaves the one @", () => {
    const draft = draftOf(
      { subject: "S", bodyTemplate: "{{link}}", recipientEmail: "o'brien+x&cc=you?#%@b.example" },
      LINK,
    );
    expect(draft.mailto).toMatch(/^mailto:o%27brien%2Bx%26cc%3Dyou%3F%23%25@b\.example\?subject=S&/);
  });

  it("has no recipient where the link is for anyone", () => {
    const draft = draftOf({ subject: "S", bodyTemplate: "{{link}}", recipientEmail: null }, LINK);
    expect(draft.mailto).toMatch(/^mailto:\?subject=S&body=https%3A/);
    expect(draft.plainText).toBe(`Subject: S\n\n${LINK}`);
  });
});

describe("the text of a draft", () => {
  it("has the link wherever its placeholder stands, and its other words untouched", () => {
    const bodyTemplate = "Open {{link}} or {{link}}. Not {link}, {{ link }}, $& or $1.";
    const { body } = draftOf({ subject: "S", bodyTemplate, recipientEmail: null }, LINK);
    expect(body).toBe(`Open ${LINK} or ${LINK}. Not {link}, {{ link }}, $& or $1.`);
  });

  it("is ready for the clipboard with recipient, subject and body", () => {
    const message = { subject: "Hello", bodyTemplate: "Go: {{link}}", recipientEmail: "a@b.example" };
    expect(draftOf(message, LINK).plainText).toBe(`To: a@b.example\nSubject: Hello\n\nGo: ${LINK}`);
  });
});

describe("the words that are proposed", () => {
  it("name the partner and hold the link once", () => {
    const { subject, bodyTemplate } = proposedDraft(aPartnerNamed("Harbour Ltd"), null);
    expect(subject).toContain("Harbour Ltd");
    expect(bodyTemplate).toContain("Harbour Ltd");
    expect(bodyTemplate.split("{{link}}")).toHaveLength(2);
  });

  it("call the link personal where it is for one customer, and not where it is reusable", () => {
    const ofOne = proposedDraft(aPartnerNamed("Harbour Ltd"), null).bodyTemplate;
    const ofMany = proposedDraft(aPartnerNamed("Harbour Ltd"), null, { reusable: true }).bodyTemplate;
    expect(ofOne).toContain("The link is personal to this request.");
    expect(ofMany).toContain("The same link may go to several organizations.");
    expect(ofMany).not.toContain("personal");
  });

  it("name the provider too where the link binds the customer to both", () => {
    const { bodyTemplate } = proposedDraft(aPartnerNamed("Harbour Ltd"), aPartnerNamed("Wholesale Inc"));
    expect(bodyTemplate).toContain("Harbour Ltd and its provider Wholesale Inc");
  });

  it("fit into the subject of an invitation, however long the partner's name is", () => {
    const { subject } = proposedDraft(aPartnerNamed("🚢".repeat(200)), null);
    expect(Array.from(subject).length).toBeLessThanOrEqual(MAX_SUBJECT_LENGTH);
    expect(subject).not.toMatch(/\p{Cs}/u);
  });
});
