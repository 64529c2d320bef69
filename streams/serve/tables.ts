// The global tables that serving looks things up in.
import { snapshotTable } from '../engine/snapshot-table.ts';
import type { TableDef, TableReader } from '../engine/table.ts';
import { catalogueTable } from '../tables/catalogue.ts';
import { experimentsTable } from '../tables/experiments.ts';
import { forgottenTable } from '../tables/forgotten.ts';
import { intentsTable } from '../tables/intents.ts';
import { rulesTable } from '../tables/rules.ts';
import { vectorsTable } from '../tables/vectors.ts';

export const serveTables: readonly TableDef[] = [
  ...[catalogueTable, vectorsTable, snapshotTable],
  ...[experimentsTable, intentsTable, forgottenTable, rulesTable],
];

export const tablesFor = (tables: TableReader) => ({
  catalogue: tables.of(catalogueTable),
  vectors: tables.of(vectorsTable),
  snapshots: tables.of(snapshotTable),
  experiments: tables.of(experimentsTable),
  intents: tables.of(intentsTable),
  forgotten: tables.of(forgottenTable),
  rules: tables.of(rulesTable),
});
