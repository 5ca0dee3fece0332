import { Cloud, ProgrammeRole } from "../../entities/partners/partner";
import { registerEnum } from "../register-enum";

registerEnum(ProgrammeRole, "ProgrammeRole", "What kind of reseller a partner is.", {
  DIRECT_BILL: "Buys directly and bills its own customers.",
  INDIRECT_PROVIDER: "A distributor: buys for the customers of its resellers, and for its own.",
  INDIRECT_RESELLER: "Serves customers and buys through an indirect provider only.",
  ADVISOR: "Advises customers; neither buys nor bills.",
});

registerEnum(Cloud, "Cloud", "The cloud an organization lives in; partner and customer must share one.", {
  PUBLIC: "Worldwide.",
  US_GOVERNMENT: "United States government.",
  GERMANY: "Germany, closed to new customers.",
  CHINA: "China.",
  US_SEC: "United States, secret.",
  US_NAT: "United States, national.",
});

export { Cloud, ProgrammeRole };
