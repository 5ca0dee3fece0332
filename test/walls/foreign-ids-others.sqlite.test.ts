import { useArena } from "./arena";
import { others, probeForeignIds } from "./foreign-ids";

probeForeignIds(useArena(), others, 1_500);
