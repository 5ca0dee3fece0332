import DataLoader from "dataloader";
import { type DataSource, In } from "typeorm";
import { Partner } from "../../entities/partners/partner";
import { RelationshipStatus, ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { Subscription } from "../../entities/subscriptions/subscription";
import { grouped } from "./reads";

/** What the naive resolvers have at hand. */
export interface NaiveContext {
  source: DataSource;
  /** Whose customers are listed: nobody is asked who they are. */
  partnerId: string;
  partners: DataLoader<string, Partner | null>;
  relationships: DataLoader<string, ResellerRelationship[]>;
  subscriptions: DataLoader<string, Subscription[]>;
}

/** Makes the context of one request. */
export function makeNaiveContext(source: DataSource, partnerId: string): NaiveContext {
  return {
    source,
    partnerId,
    partners: new DataLoader(async (ids) => {
      const found = await source.getRepository(Partner).findBy({ id: In(ids) });
      return ids.map((id) => found.find((partner) => partner.id === id) ?? null);
    }),
    relationships: new DataLoader(async (ids) => {
      const found = await source.getRepository(ResellerRelationship).find({
        where: { customerId: In(ids), partnerId, status: RelationshipStatus.ACTIVE },
        order: { customerId: "ASC", id: "ASC" },
      });
      const byCustomer = grouped(found);
      return ids.map((id) => byCustomer.get(id) ?? []);
    }),
    subscriptions: new DataLoader(async (ids) => {
      const found = await source
        .getRepository(Subscription)
        .find({ where: { customerId: In(ids), partnerId }, order: { customerId: "ASC", id: "ASC" } });
      const byCustomer = grouped(found);
      return ids.map((id) => byCustomer.get(id) ?? []);
    }),
  };
}
