import { useHarness } from "./harness";
import { invitations, probeForeignIds } from "./foreign-ids";
import { probeTexts } from "./texts";

const held = useHarness();
probeForeignIds(held, invitations, 1_500);
probeTexts(held);
