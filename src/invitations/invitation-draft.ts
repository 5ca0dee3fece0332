import type { Partner } from "../../entities/partners/partner";
import type { FieldChecks } from "../errors/field-checks";
import { LINK_PLACEHOLDER } from "./invitation-link";

/** The draft e-mail around a personalized link. The platform never sends it; the partner does. */
export interface InvitationDraft {
  subject: string;
  body: string;
  /** An address for the mail program, everything in it encoded. */
  mailto: string;
  /** The whole message as text, for the clipboard. */
  plainText: string;
}

/** The longest body: mail programs cut longer `mailto:` addresses. */
const MAX_BODY_LENGTH = 5_000;

/** The longest subject. */
export const MAX_SUBJECT_LENGTH = 200;

/** Notes everything that is wrong with the inviter's own words, but for the link; absent ones are not looked at. */
export function checkWords(
  checks: FieldChecks,
  { subject, body }: { subject?: string | null; body?: string | null },
): FieldChecks {
  return checks
    .text("subject", subject, { max: MAX_SUBJECT_LENGTH })
    .text("body", body, { max: MAX_BODY_LENGTH, lines: true });
}

/** The words we propose when the inviter has none of its own; a reusable link is not for one recipient alone. */
export function proposedDraft(
  partner: Partner,
  provider: Partner | null,
  { reusable = false }: { reusable?: boolean } = {},
): { subject: string; bodyTemplate: string } {
  const who = provider ? `${partner.name} and its provider ${provider.name}` : partner.name;
  const become = provider ? "your resellers of record" : "your reseller of record";
  return {
    // A partner's name may be as long as a subject.
    subject: Array.from(`Reseller relationship request from ${partner.name}`)
      .slice(0, MAX_SUBJECT_LENGTH)
      .join(""),
    bodyTemplate: [
      "Hello,",
      `${who} would like to become ${become} and manage your subscriptions and services with you.`,
      "To accept, a Global admin of your organization opens this link and signs in:",
      LINK_PLACEHOLDER,
      reusable
        ? "The same link may go to several organizations. If you did not expect it, do nothing."
        : "The link is personal to this request. If you did not expect it, do nothing.",
      `Kind regards,\n${partner.name}`,
    ].join("\n\n"),
  };
}

/** The draft with its link in place, for a recipient or, when there is none, for an address to be filled in. */
export function draftOf(
  message: { subject: string; bodyTemplate: string; recipientEmail: string | null },
  link: string,
): InvitationDraft {
  const { subject, recipientEmail } = message;
  const body = message.bodyTemplate.split(LINK_PLACEHOLDER).join(link);
  const to = (recipientEmail ?? "").split("@").map(encode).join("@");
  const mailto = `mailto:${to}?subject=${encode(subject)}&body=${encode(body.replace(/\r?\n/g, "\r\n"))}`;
  const plainText = `${recipientEmail ? `To: ${recipientEmail}\n` : ""}Subject: ${subject}\n\n${body}`;
  return { subject, body, mailto, plainText };
}

/** What encodeURIComponent leaves alone may still end an HTML attribute or a Markdown link. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
