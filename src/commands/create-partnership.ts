import { checkPartnership, startPartnership } from "../partners";
import type { DatabaseSubcommand, OptionValues } from "./subcommand";

/** `partnergraph admin create-partnership`: joins an indirect provider and an indirect reseller. */
export const createPartnershipCommand: DatabaseSubcommand = {
  about: "lets an indirect reseller buy through an indirect provider",
  options: {
    provider: { about: "id of the indirect provider, part_...", required: true },
    reseller: { about: "id of the indirect reseller, part_...", required: true },
  },
  check: (values) => checkPartnership(pairOf(values)).done(),
  run: async (ctx, values) => {
    const { partnership, provider, reseller } = await startPartnership(ctx, pairOf(values));
    return [
      `Partnership of ${provider.name} and ${reseller.name}: ${partnership.id}`,
      `Next: ${reseller.name} can invite customers with ${provider.name}, by its id ${provider.id}.`,
    ].join("\n");
  },
};

function pairOf(values: OptionValues) {
  return { providerId: values.provider ?? "", resellerId: values.reseller ?? "" };
}
