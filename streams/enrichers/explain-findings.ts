// What was false in the model's own words, as findings for the audit.
import { type ClaimKind, claimKinds } from '../../models/llm/explain/claims.ts';
import type { Reason } from '../../models/llm/explain/explain.ts';
import { audit } from '../../schemas/topics/audit.ts';
import type { EnricherPorts } from './enricher.ts';

/** Reasons that a finding is made of. */
const every = 16;

export class ExplainFindings {
  private readonly ports: Pick<EnricherPorts, 'emit'>;
  private readonly claims = new Map<ClaimKind, number>();
  /** Reasons in which the model wrote, and those where nothing of it could stay. */
  private written = 0;
  private replaced = 0;

  constructor(ports: Pick<EnricherPorts, 'emit'>) {
    this.ports = ports;
  }

  /** Of a reason that was only chosen there is nothing to find. */
  async note({ removed, prose, tokens }: Reason, at: number): Promise<void> {
    if (tokens === 0) return;
    this.written++;
    if (prose === 'plain') this.replaced++;
    for (const { kind } of removed) this.claims.set(kind, (this.claims.get(kind) ?? 0) + 1);
    if (this.written < every) return;
    const of = { at, kind: 'hallucination' as const, stage: 'explain', count: this.written };
    const found = claimKinds.map((kind) => ({
      ...of,
      name: `false ${kind}`,
      value: this.claims.get(kind) ?? 0,
    }));
    const plain = { ...of, name: 'replaced by a plain sentence', value: this.replaced };
    this.claims.clear();
    this.written = 0;
    this.replaced = 0;
    await this.ports.emit(audit, [...found, plain]);
  }
}
