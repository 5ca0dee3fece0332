import { useArena } from "./arena";
import { customers, probeForeignIds } from "./foreign-ids";

probeForeignIds(useArena(), customers, 1_500);
