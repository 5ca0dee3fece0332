import { useHarness } from "./harness";
import { customers, probeForeignIds } from "./foreign-ids";

probeForeignIds(useHarness(), customers, 1_500);
