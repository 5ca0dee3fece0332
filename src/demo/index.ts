export { type DemoPerson, demoPeople } from "./demo-people";
export { fillDemo } from "./fill-demo";
