import { Probe } from "./probe";
import { serveObject } from "./remote-process";

serveObject(new Probe());
