import { addGlobalAdmin, type AddGlobalAdmin, checkGlobalAdmin } from "../identity";
import { nextStepOf } from "./next-step";
import type { DatabaseSubcommand, OptionValues } from "./subcommand";

/** `partnergraph admin add-global-admin`: for an organization whose last Global admin has left it. */
export const addGlobalAdminCommand: DatabaseSubcommand = {
  about: "makes somebody a Global admin of an organization, for when its last one has left",
  options: {
    organization: { about: "id of the partner or customer, part_... or cust_...", required: true },
    email: { about: "the person's e-mail address, as the identity provider has it", required: true },
    name: { about: "the person's name", required: true },
    subject: { about: "the identity provider's id of the person; the e-mail address does without" },
  },
  check: (values) => checkGlobalAdmin(personOf(values)).done(),
  run: async (ctx, values) => {
    const { user, isNew } = await addGlobalAdmin(ctx, personOf(values));
    const what = isNew ? "A new user" : "A user that was there already has the role now";
    return `${what}.\n${nextStepOf(user)}`;
  },
};

function personOf(values: OptionValues): AddGlobalAdmin {
  return {
    organizationId: values.organization ?? "",
    email: values.email ?? "",
    name: values.name ?? "",
    subject: values.subject,
  };
}
