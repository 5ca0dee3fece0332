import { useHarness } from "./harness";
import { others, probeForeignIds } from "./foreign-ids";

probeForeignIds(useHarness(), others, 1_500);
