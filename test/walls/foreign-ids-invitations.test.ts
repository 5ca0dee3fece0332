import { probeForeignIds, invitations } from "./foreign-ids";

probeForeignIds(invitations, 1_500);
