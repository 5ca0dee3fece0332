/** The first words of company names. */
export const FIRST =
  `amber aspen birch bison cedar cobalt coral crane delta ember falcon fern garnet glacier harbor hazel heron
  indigo iris jasper juniper lantern linden maple marble meadow nickel nimbus ocean orchid otter pebble pine quartz raven
  river saffron sierra tundra willow`.split(/\s+/);

/** The second ones. */
export const SECOND =
  `academy airport archive audio bakery bank books brewery bridge cabinets cafe cargo ceramics cinema clinic
  coffee cycles dairy dental design energy events farms finance foods forest freight gallery gardens glass hotels insurance
  kitchens labs legal lighting logistics marine media motors music optics paper pharmacy press rail schools shipping steel
  textiles`.split(/\s+/);
