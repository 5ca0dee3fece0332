import { registerEnum } from "./register-enum";

/** Which way a list is ordered. */
export const OrderDirection = { ASC: "ASC", DESC: "DESC" } as const;
/** A direction by its name. */
export type OrderDirection = keyof typeof OrderDirection;
registerEnum(OrderDirection, "OrderDirection", "Which way a list is ordered.", {
  ASC: "Smallest, or oldest, first.",
  DESC: "Largest, or newest, first.",
});
