import { renewTimelines } from "../events/stream-timeline";
import type { DatabaseSubcommand } from "./subcommand";

/**
 * `partnergraph restored`: tells a database that it was restored from an older copy by other means than `partnergraph restore`, so
 * that cursors from before are refused and receivers of webhooks are told.
 */
export const restoredCommand: DatabaseSubcommand = {
  about:
    "for a database that was restored by other means (a snapshot, a dump, a replica that lagged): refuses cursors from before; also while servers run",
  options: {},
  run: async (ctx) => {
    const streams = await renewTimelines(ctx);
    return (
      `The event streams of ${streams} organizations have a new timeline. Their listeners are refused cursors from before with ` +
      "EVENTS_CURSOR_FROM_BEFORE_RESTORE, and each webhook endpoint gets `stream.restored` before its next event.\n" +
      'Read "What a restore means" in docs/operating.md, and run `partnergraph verify`.'
    );
  },
};
