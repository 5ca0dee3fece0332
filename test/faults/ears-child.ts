import { Ears } from "./ears";
import { serveObject } from "./remote-process";

serveObject(new Ears());
