/** The database of the running jest project. Unset in the `plain` project, whose tests use none. */
declare const testDatabase: "sqlite" | "mariadb";
