import { BillingCycle, BillingType } from "../../entities/catalog/offer";
import type { NewOffer } from "./offer-record";

type Product = Omit<NewOffer, "country" | "locale" | "description"> & { us: string; de?: string };

const { MONTHLY, ANNUAL, TRIENNIAL, NONE } = BillingCycle;

/** What most of the products have in common. */
const USUAL = {
  minimumQuantity: 1,
  maximumQuantity: 10_000,
  termDuration: "P1Y",
  supportedBillingCycles: [MONTHLY, ANNUAL],
  billingType: BillingType.LICENSE,
  unitType: "Licenses",
  isAddOn: false,
  isTrial: false,
  isAutoRenewable: true,
  isAvailableForPurchase: true,
  prerequisiteCatalogIds: [],
};

const PRODUCTS: Product[] = [
  {
    ...USUAL,
    catalogId: "PG-WORKPLACE",
    name: "Harbour Workplace",
    maximumQuantity: 300,
    us: "Mail, calendar and documents for offices of up to 300 people.",
    de: "E-Mail, Kalender und Dokumente für Büros mit bis zu 300 Personen.",
  },
  {
    ...USUAL,
    catalogId: "PG-WORKPLACE-PLUS",
    name: "Harbour Workplace Plus",
    minimumQuantity: 10,
    us: "Harbour Workplace with device management and an archive, from 10 people.",
    de: "Harbour Workplace mit Geräteverwaltung und Archiv, ab 10 Personen.",
  },
  {
    ...USUAL,
    catalogId: "PG-STORAGE-100",
    name: "Harbour Storage 100 GB",
    maximumQuantity: 500,
    unitType: "Add-On Licenses",
    isAddOn: true,
    prerequisiteCatalogIds: ["PG-WORKPLACE", "PG-WORKPLACE-PLUS"],
    us: "100 GB more for the documents of a Harbour Workplace.",
    de: "100 GB mehr für die Dokumente eines Harbour Workplace.",
  },
  {
    ...USUAL,
    catalogId: "PG-WORKPLACE-TRIAL",
    name: "Harbour Workplace (trial)",
    minimumQuantity: 25,
    maximumQuantity: 25,
    termDuration: "P1M",
    supportedBillingCycles: [NONE],
    isTrial: true,
    isAutoRenewable: false,
    us: "Harbour Workplace for 25 people, free for a month.",
    de: "Harbour Workplace für 25 Personen, einen Monat kostenlos.",
  },
  {
    ...USUAL,
    catalogId: "PG-COMPUTE",
    name: "Lighthouse Compute",
    maximumQuantity: 1,
    termDuration: "P1M",
    supportedBillingCycles: [MONTHLY],
    billingType: BillingType.USAGE,
    unitType: "Usage-based",
    us: "Machines, databases and storage, billed each month by what was used.",
    de: "Maschinen, Datenbanken und Speicher, monatlich nach Verbrauch abgerechnet.",
  },
  {
    ...USUAL,
    catalogId: "PG-SHIELD",
    name: "Breakwater Shield",
    minimumQuantity: 5,
    maximumQuantity: 2_000,
    termDuration: "P3Y",
    supportedBillingCycles: [MONTHLY, ANNUAL, TRIENNIAL],
    us: "Protects mail and devices against attacks, for three years, from 5 people.",
    de: "Schützt E-Mail und Geräte vor Angriffen, für drei Jahre, ab 5 Personen.",
  },
  {
    ...USUAL,
    catalogId: "PG-FAX",
    name: "Harbour Fax",
    isAvailableForPurchase: false,
    us: "Fax by mail. No longer sold; subscriptions that exist go on.",
  },
];

/** A small catalogue of our own invention for the demo, in the US and in Germany; for saveOffers. */
export const demoOffers: NewOffer[] = PRODUCTS.flatMap(({ us, de, ...product }) => [
  { ...product, country: "US", locale: "en-US", description: us },
  ...(de === undefined ? [] : [{ ...product, country: "DE", locale: "de-DE", description: de }]),
]);
