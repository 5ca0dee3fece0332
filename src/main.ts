import "reflect-metadata";
import { runPartnergraph } from "./server/commands/partnergraph";

// `npm start`: the server, unless the command line asks for something else.
void runPartnergraph(["serve", ...process.argv.slice(2)], process);
