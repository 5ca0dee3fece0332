/**
 * The sales regions and the ISO 3166-1 alpha-2 codes of the countries in each; no country is in two.
 * Read by market.ts, which is what other code should call.
 * Source: docs/sources.md, markets, with the full list that it names, as of October 2023.
 */
export const countriesByRegion = {
  AFRICA:
    "AO BF BI BJ BW CD CF CG CI CM CV DJ ER ET GA GH GM GN GQ GW KE KM LR MG ML MU MW NA NC NE NG PF RE RW " +
    "SC SH SL SN SO SS ST TD TG TZ UG YT ZM",
  ASIA_PACIFIC: "BD BN BT HK ID KH LA LK MM MO MV MY NP PH SG TH TL VN",
  AUSTRALIA: "AU CC CK CX FJ FM HM KI MH NF NR NU PG PN PW SB TF TK TO TV WF",
  BRAZIL: "BR",
  CANADA: "CA PM",
  CHINA: "CN",
  EUROPE:
    "AD AT AX BE BG BV CH CY CZ DE DK EE ES FI FO FR GB GG GI GL GR HR HU IE IM IS IT JE LI LT LU LV MC MT " +
    "NL NO PL PT RO SE SI SJ SK SM VA",
  INDIA: "IN",
  JAPAN: "JP",
  KOREA: "KR",
  // Fifty-three names but fifty-one codes: Bonaire, Saba and Sint Eustatius share BQ.
  LATIN_AMERICA_CARIBBEAN:
    "AG AI AQ AR AW BB BL BM BO BQ BS BZ CL CO CR CW DM DO EC FK GD GF GP GS GT GY HN HT JM KN KY LC MF MQ " +
    "MS MX NI PA PE PR PY SR SV SX TC TT UY VC VE VG VI",
  // XK for Kosovo is not in ISO 3166-1 proper, but it is the code that the source and our country list use.
  MIDDLE_EAST_CENTRAL_EASTERN_EUROPE:
    "AE AF AL AM AZ BA BH DZ EG GE IL IO IQ JO KG KW KZ LB LS LY MA MD ME MK MN MR MZ OM PK PS QA RS SA SZ " +
    "TJ TM TN TR UA UZ XK YE ZA ZW",
  NEW_ZEALAND: "NZ VU WS",
  TAIWAN: "TW",
  UNITED_STATES: "AS GU MP UM US",
} as const;
