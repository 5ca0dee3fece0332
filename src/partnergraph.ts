#!/usr/bin/env node
import "reflect-metadata";
import { runPartnergraph } from "./commands/partnergraph";

void runPartnergraph(process.argv.slice(2), process);
