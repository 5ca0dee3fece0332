import { useHarness } from "./harness";
import { everything, probeForeignIds } from "./foreign-ids";
import { probeTexts } from "./texts";

// All parts in one file, unlike on SQLite: for a share of the probes a harness of their own would cost more than they do.
const held = useHarness();
probeForeignIds(held, everything, 4_500);
probeTexts(held);
