import { useHarness } from "./arena";
import { others, probeForeignIds } from "./foreign-ids";

probeForeignIds(useHarness(), others, 1_500);
