import "reflect-metadata";
import { runPartnergraph } from "./commands/partnergraph";

// `npm start`: the server, unless the command line asks for something else.
void runPartnergraph(["serve", ...process.argv.slice(2)], process);
