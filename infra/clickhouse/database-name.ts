// Names of the database in ClickHouse. A name goes into SQL text as it is.

/** Database of the tables and views where none is named. */
export const DATABASE = 'millrace';

/** Matches a name that can be used. */
export const DATABASE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
