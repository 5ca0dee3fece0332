export { backupDatabase } from "./backup-database";
export { restoreDatabase } from "./restore-database";
