import { Cloud, ProgrammeRole } from "../../entities/partners/partner";
import { checkEnrolment, enrolPartner, type EnrolPartner } from "../identity";
import { nextStepOf } from "./next-step";
import type { DatabaseSubcommand, OptionValues } from "./subcommand";

/** `partnergraph admin create-partner`: makes a partner and its Global admin, since nobody can sign in before. */
export const createPartnerCommand: DatabaseSubcommand = {
  about: "makes a partner and its first Global admin",
  makesDatabase: true,
  options: {
    name: { about: "the partner's name", required: true },
    "programme-role": {
      about: "what kind of reseller it is",
      required: true,
      choices: Object.values(ProgrammeRole),
    },
    country: { about: "where it is, ISO 3166-1 alpha-2, such as US", required: true },
    cloud: { about: "the cloud that it lives in", required: true, choices: Object.values(Cloud) },
    "tenant-id": { about: "the identity provider's id of the organization", required: true },
    domain: { about: "its domain name, such as contoso.com", required: true },
    "admin-email": {
      about: "the Global admin's e-mail address, as the identity provider has it",
      required: true,
    },
    "admin-name": { about: "the Global admin's name", required: true },
    "admin-subject": {
      about: "the identity provider's id of the Global admin; the e-mail address does without",
    },
  },
  check: (values) => checkEnrolment(enrolmentOf(values)).done(),
  run: async (ctx, values) => {
    const { partner, user } = await enrolPartner(ctx, enrolmentOf(values));
    return `Partner ${partner.name}: ${partner.id}\n${nextStepOf(user)}`;
  },
};

function enrolmentOf(values: OptionValues): EnrolPartner {
  return {
    name: values.name ?? "",
    programmeRole: values["programme-role"] as ProgrammeRole,
    country: values.country ?? "",
    cloud: values.cloud as Cloud,
    tenantId: values["tenant-id"] ?? "",
    domain: values.domain ?? "",
    adminEmail: values["admin-email"] ?? "",
    adminName: values["admin-name"] ?? "",
    adminSubject: values["admin-subject"],
  };
}
