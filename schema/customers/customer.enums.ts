import { registerEnum } from "../register-enum";

/** What a list of customers can be ordered by. */
export const CustomerOrderField = { COMPANY_NAME: "COMPANY_NAME", SINCE: "SINCE" } as const;
/** A field by its name. */
export type CustomerOrderField = keyof typeof CustomerOrderField;
registerEnum(CustomerOrderField, "CustomerOrderField", "What a list of customers can be ordered by.", {
  COMPANY_NAME: "By company name, without regard to case and accents.",
  SINCE: "By when the relationship was established.",
});
