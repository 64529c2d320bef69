// Makes the files of a shop to try docs/your-data.md with: a catalogue, and what people saw and bought, by names
// that Millrace does not know. Each customer has a department that they buy in; the same run gives the same files.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const departments = ['garden', 'kitchen', 'toys', 'books'];
const customers = 200;
const goods = 60;
const visits = 6_000;
/** Three weeks up to the end of November 2025, ms. */
const begin = Date.UTC(2025, 10, 7);
const span = 21 * 86_400_000;

let seed = 7;
/** A number from 0 to below 1, the same in every run (Lehmer's generator). */
function chance(): number {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed / 2_147_483_647;
}

const folder = process.argv[2] ?? 'shop';
mkdirSync(folder, { recursive: true });
const write = (name: string, rows: readonly object[]) =>
  writeFileSync(join(folder, name), `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`);

const products = Array.from({ length: goods }, (_, i) => ({
  sku: `A${100 + i}`,
  label: `${departments[i % departments.length]} thing no. ${i}`,
  dept: departments[i % departments.length]!,
  cost: Math.round(500 + 4_000 * chance()) / 100,
}));

const events = Array.from({ length: visits }, () => {
  const who = Math.floor(chance() * customers);
  const { sku, dept, cost } = products[Math.floor(chance() * goods)]!;
  const when = begin + Math.floor(chance() * span);
  const seen = { what: 'seen', who: `customer-${who}`, sku, when };
  const likely = dept === departments[who % departments.length] ? 0.5 : 0.02;
  if (chance() >= likely) return [seen];
  const bought = { ...seen, what: 'bought', when: when + 90_000, paid: cost };
  return [seen, bought];
}).flat();

write('products.jsonl', products);
write('events.jsonl', events);
process.stdout.write(`${products.length} products, ${events.length} events in ${folder}\n`);
