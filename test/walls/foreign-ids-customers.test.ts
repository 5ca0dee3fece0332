import { probeForeignIds, customers } from "./foreign-ids";

probeForeignIds(customers, 1_500);
