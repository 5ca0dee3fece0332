#!/usr/bin/env node
import "reflect-metadata";
import { runPartnergraph } from "./server/commands/partnergraph";

void runPartnergraph(process.argv.slice(2), process);
