import "reflect-metadata";
import { runAdmin } from "./run-admin";

void runAdmin(process.argv.slice(2), process).then((code) => {
  process.exitCode = code;
});
