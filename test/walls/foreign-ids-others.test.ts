import { probeForeignIds, others } from "./foreign-ids";

probeForeignIds(others, 1_500);
