import type { MigrationInterface } from "typeorm";
import { Initial1795250000000 } from "./Initial1795250000000";
import { IndexFilters1796041085179 } from "./IndexFilters1796041085179";
import { NormalizeTenantIds1796041200000 } from "./NormalizeTenantIds1796041200000";
import { SecretsKeyCheck1796051700000 } from "./SecretsKeyCheck1796051700000";
import { AddStreamTimelines1796052193031 } from "./AddStreamTimelines1796052193031";
import { AddCustomerGrants1796074397185 } from "./AddCustomerGrants1796074397185";

/** The migrations of this database, oldest first. */
export const sqliteMigrations: (new () => MigrationInterface)[] = [
  Initial1795250000000,
  IndexFilters1796041085179,
  NormalizeTenantIds1796041200000,
  SecretsKeyCheck1796051700000,
  AddStreamTimelines1796052193031,
  AddCustomerGrants1796074397185,
];
