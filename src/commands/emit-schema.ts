import "reflect-metadata";
import { writeFileSync } from "node:fs";
import { answeredHelp } from "./developer-help";
import { generatedFiles } from "../transport/graphql/generated-files";

/** `npm run schema`: writes the committed schema and the documents that come from the code. */
if (
  !answeredHelp("npm run schema\n\nWrites schema/schema.graphql and the documents that come from the code.")
) {
  for (const [file, text] of Object.entries(generatedFiles())) {
    writeFileSync(file, text);
    process.stdout.write(`${file}\n`);
  }
}
