// Counts what an enricher finds for the audit: one record for each name, at most once in so many readings. What
// was found is not kept.
import { audit, type Finding } from '../../schemas/topics/audit.ts';
import type { EnricherIo } from '../engine/enricher.ts';

type Found = Readonly<Partial<Record<string, number>>>;

/**
 * The counts with 0 for every name that was not found: a rate needs the readings that found
 * nothing.
 */
export function counted(names: readonly string[], counts: Found): Found {
  return { ...Object.fromEntries(names.map((name) => [name, 0])), ...counts };
}

export class AuditCounter {
  private readonly component: string;
  private readonly ports: Pick<EnricherIo, 'emit'>;
  private readonly every: number;
  private readonly sums = new Map<Finding['kind'], Map<string, number>>();
  private looked = 0;

  /** @param every texts or readings that one record covers. @default 16 */
  constructor(component: string, ports: Pick<EnricherIo, 'emit'>, every = 16) {
    this.component = component;
    this.ports = ports;
    this.every = every;
  }

  /** Adds what one text or reading held, by kind and name; names with 0 are reported too. */
  async note(at: number, found: Readonly<Partial<Record<Finding['kind'], Found>>>): Promise<void> {
    this.looked++;
    for (const [kind, counts] of Object.entries(found) as [Finding['kind'], Found][]) {
      const sums = this.sums.get(kind) ?? new Map<string, number>();
      for (const [name, count = 0] of Object.entries(counts)) {
        sums.set(name, (sums.get(name) ?? 0) + count);
      }
      this.sums.set(kind, sums);
    }
    if (this.looked < this.every) return;
    const count = this.looked;
    const records = [...this.sums].flatMap(([kind, sums]) =>
      [...sums].map(([name, value]) => ({
        at,
        kind,
        component: this.component,
        name,
        value,
        count,
      })),
    );
    this.looked = 0;
    this.sums.clear();
    if (records.length > 0) await this.ports.emit(audit, records);
  }
}
