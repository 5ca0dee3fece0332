import { EventSubscribers } from "./event-subscribers";
import { serveObject } from "./remote-process";

serveObject(new EventSubscribers());
