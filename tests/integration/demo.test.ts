// The demo as its user runs it, in a process of its own, on parts of its own.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../app/config/read.ts';
import { demoLayer } from '../../app/demo/recommender.ts';
import type { Summary } from '../../app/demo/summary.ts';
import { topologyOf } from '../../app/topology.ts';
import { parseExposition } from '../metrics/exposition.ts';
import { type Run, millrace as run, said } from '../support/millrace.ts';

/** As many as leave the candidate time to serve after its gate, however the stages take turns: 20,000 did not always. */
const rows = 28_000;
const data = mkdtempSync(join(tmpdir(), 'millrace-demo-'));

const millrace = (...args: string[]) => run(['--data-dir', data, ...args]);
const limit = ['--limit', String(rows)];
const demo = () => millrace('demo', '--exit', '--json', ...limit);

/** Processes that work on the data directory of this test, by their command lines. */
function processes(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words.some((word) => word.includes(data)) ? [words[0]!] : [];
      } catch {
        return []; // it has ended meanwhile
      }
    });
}

afterAll(() => rmSync(data, { recursive: true, force: true }));

describe('the demo', () => {
  let summary: Summary;
  let first: Run;
  beforeAll(async () => {
    const killed = demo();
    await said(killed, /serving\s+\d+ of/);
    killed.child.kill('SIGKILL');
    await killed.ended;
    first = demo();
    await said(first, /SQL .*http/);
  }, 240_000);

  it('answers SQL while it runs', async () => {
    const query = 'select variant, ctr from ctr_by_variant';
    let served: Record<string, unknown>[] = [];
    // The one that was killed had served some; ClickHouse reads them anew.
    while (served.length === 0) {
      const { output, ended } = millrace('sql', '--json', query);
      expect(await ended).toBe(0);
      served = JSON.parse(output.out);
    }
    for (const row of served) {
      expect(row).toEqual({ variant: expect.any(String), ctr: expect.any(Number) });
    }
  }, 180_000);

  it('shows its metrics and its topics while it runs', async () => {
    const [, url] = await said(first, /Dashboard: (\S+)/);
    const families = parseExposition(await (await fetch(`${url}/metrics`)).text());
    expect(families.get('millrace_committed_records_total')!.samples).toHaveLength(
      topologyOf(readConfig({}, { folder: null, over: demoLayer(1) })).stages.length,
    );
    const { output, ended } = millrace('topics', '--json');
    expect(await ended).toBe(0);
    expect(output.err).not.toContain('Kafka is up');
    const { groups } = JSON.parse(output.out) as { groups: { group: string; topics: object[] }[] };
    expect(groups.find(({ group }) => group === 'millrace-serve')?.topics).toHaveLength(4);
  }, 60_000);

  it('lets no second one onto its data directory', async () => {
    const second = demo();
    expect(await second.ended).toBe(1);
    expect(second.output.err).toContain('data-dir-in-use');
  }, 60_000);

  it('recovers from kill -9 in mid-replay: every row once', async () => {
    expect(await first.ended).toBe(0);
    expect(first.output.out.trim().split('\n')).toHaveLength(1);
    summary = JSON.parse(first.output.out) as Summary;
    expect(summary.events).toEqual({ read: rows, lost: 0, duplicated: 0 });
  }, 240_000);

  it('learned, represented and simulated', () => {
    const { metrics, baselines, variants, llm } = summary;
    const { means, popularity } = baselines;
    // Of 20,000 rows: AUC .746 beside .720 and .658, NDCG@10 .102 beside .057.
    expect(metrics.auc).toBeGreaterThan(means!.auc! + 0.02);
    expect(metrics.auc).toBeGreaterThan(popularity!.auc! + 0.07);
    expect(metrics.logloss).toBeLessThan(means!.logloss! - 0.015);
    expect(metrics.ndcg10).toBeGreaterThan(1.6 * popularity!.ndcg10!);
    expect(variants.map(({ variant }) => variant)).toEqual([
      'llm',
      'millrace',
      'popularity',
      'uniform',
    ]);
    expect(llm.vectors).toBeGreaterThan(0);
    expect(llm.simulated).toBeGreaterThan(0);
    // A slate that was being answered when the process was killed is answered again, too late.
    expect(['click-duplicate', 'click-late']).toEqual(
      expect.arrayContaining(summary.deadLetters.map(({ code }) => code)),
    );
  });

  it('keeps the bad candidate from everybody, and lets the good one on', async () => {
    const phases = async (experiment: string) => {
      const query = `select phase from experiments final where experimentId = '${experiment}' order by at`;
      const { output, ended } = millrace('sql', '--json', query);
      expect(await ended).toBe(0);
      return (JSON.parse(output.out) as { phase: string }[]).map(({ phase }) => phase);
    };
    expect(await phases('inverted-over-popularity')).toEqual(['gate', 'stopped']);
    expect((await phases('millrace-over-uniform')).slice(0, 3)).toEqual([
      'gate',
      'shadow',
      'canary',
    ]);
  }, 60_000);

  it('has one answer to every position of every slate it served', async () => {
    const { output, ended } = millrace(
      'sql',
      '--json',
      `select
        (select sum(length(items.itemId)) from impressions final where servedBy = 'served') as shown,
        (select count() from rewards final where source = 'simulated') as answers,
        (select uniqExact(impressionId, position) from rewards final where source = 'simulated') as distinct`,
    );
    expect(await ended).toBe(0);
    const [{ shown, answers, distinct }] = JSON.parse(output.out);
    expect(shown).toBeGreaterThan(0);
    expect({ answers, distinct }).toEqual({ answers: shown, distinct: shown });
  }, 60_000);

  it.each(['user-state', 'millrace'])(
    'can be rebuilt from its log: %s',
    async (name) => {
      const { output, ended } = millrace('rebuild', name, '--json');
      expect(await ended).toBe(0);
      expect(JSON.parse(output.out)).toMatchObject({ name, equal: true });
    },
    60_000,
  );

  it('answers SQL when it does not run, and leaves no process behind', async () => {
    expect(processes()).toEqual([]);
    const { output, ended } = millrace('sql', '--json', 'select read, lost from accounting');
    expect(await ended).toBe(0);
    expect(JSON.parse(output.out)).toEqual([{ read: rows, lost: 0 }]);
  }, 60_000);

  it('refuses another log on the same topics', async () => {
    const other = millrace('demo', '--exit', '--limit', '500');
    expect(await other.ended).toBe(1);
    expect(other.output.err).toContain('replay-of-another-log');
    expect(processes()).toEqual([]);
  }, 120_000);

  it('ends by Ctrl-C with everything committed', async () => {
    const again = millrace('demo', ...limit);
    await said(again, /Everything stays up|First event|SQL .*http/);
    again.child.kill('SIGINT');
    expect(await again.ended).toBe(130);
    expect(processes()).toEqual([]);
    const { output, ended } = millrace(
      'sql',
      '--json',
      'select read, lost, duplicated from accounting',
    );
    expect(await ended).toBe(0);
    expect(JSON.parse(output.out)).toEqual([{ read: rows, lost: 0, duplicated: 0 }]);
  }, 120_000);
});
