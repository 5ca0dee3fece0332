import "reflect-metadata";
import { runPartnergraph } from "./partnergraph";

/** The name under which `partnergraph token` was known in 0.1.0: the tests of upgrades ask old and new programs alike. */
void runPartnergraph(["token", ...process.argv.slice(2)], process);
