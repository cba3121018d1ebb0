import { describe, expect, it } from 'vitest';
import { nonceIn } from '../src/csp';
import { fromAnswer, lacking } from '../src/api/problem';
import { barsOf, daysOfMonth, lineOf, spanOf, ticksOf } from '../src/parts/chart-math';
import { KEPT, LogLines } from '../src/pages/instance/log-lines';
import { amountOf, hiddenOf, inOneLine, itemText, leafOf, toldOf } from '../src/pages/instance/lineage-words';
import { problemsOf, suggestName } from '../src/pages/launch-form';
import { reachOf, scopeOf } from '../src/shell/current';
import { named, treeOf, within } from '../src/shell/scopes';
import type { Lineage, LineageLine, Scope } from '../src/api/types';

const page = (content: string | null) => ({ querySelector: () => (content === null ? null : { getAttribute: () => content }) });

describe('the nonce of the page', () => {
  it('is what the server wrote', () => expect(nonceIn(page('abc123=='))).toBe('abc123=='));
  it('is none while the placeholder stands, or the tag is missing', () => {
    expect(nonceIn(page('__CSP_NONCE__'))).toBe('');
    expect(nonceIn(page(null))).toBe('');
  });
});

describe('problems', () => {
  it('name the permission that is lacking', () => {
    expect(lacking({ detail: 'needs billing.credit.grant at platform' })).toBe('billing.credit.grant');
    expect(lacking({ detail: 'no' })).toBeUndefined();
  });
  it("replace a proxy's page by its status, and read when to try again", () => {
    const error = fromAnswer(new Response('<html>', { status: 502, headers: { 'Retry-After': '4', 'X-Request-Id': 'req_1' } }), '<html>');
    expect([error.status, error.retryAfter, error.requestId, error.passing, error.problem.title]).toEqual([502, 4, 'req_1', true, 'The server answered 502']);
  });
});

describe('the launch form', () => {
  const form = { name: 'train', project: 'prj_1', shape: 'sim-h100-1', command: 'date' };
  it('lets a right one pass', () => expect(problemsOf(form, [])).toEqual({}));
  it.each(['', 'Train', '-a', 'a-', 'a_b', 'a'.repeat(64)])('refuses the name "%s"', (name) => expect(problemsOf({ ...form, name }, []).name).toBeDefined());
  it('refuses a name that is taken', () => expect(problemsOf(form, ['train']).name).toMatch(/already/));
  it('refuses an empty command and an open quote', () => {
    expect(problemsOf({ ...form, command: ' ' }, []).command).toBeDefined();
    expect(problemsOf({ ...form, command: "sh -c 'x" }, []).command).toMatch(/quote/);
  });
  it('suggests the next free name', () => {
    expect(suggestName([])).toBe('train');
    expect(suggestName(['train', 'train-2'])).toBe('train-3');
  });
});

describe('lineage', () => {
  const line = (part: Partial<LineageLine>): LineageLine => ({ step: 'usage', text: '', state: 'posted', simulated: false, items: [], ...part });
  const item = (id: string, text: string) => ({ id, text, pending: false });
  it('parts figure and unit', () => {
    expect(amountOf('1204.064558 EUR')).toEqual({ figure: '1\u202f204.064558', unit: 'EUR' });
    expect(amountOf('93 gpu-second')).toEqual({ figure: '93', unit: 'gpu-second' });
    expect(amountOf(null)).toBeUndefined();
  });
  it('says what a hidden line needs', () => {
    expect(hiddenOf(line({ state: 'hidden', hidden: 'needs billing.balance.read at acme' }))).toMatchObject({ permission: 'billing.balance.read', scope: 'acme' });
    expect(hiddenOf(line({ state: 'hidden', hidden: 'billing.balance.read' })).permission).toBe('billing.balance.read');
  });
  it('tells a line of one item once, and parts what two spaces part', () => {
    const text = 'ann (user) --role owner--> acme  binding bnd_1 by bob';
    expect(toldOf(line({ step: 'authority', text, items: [item('bnd_1', text)] }))).toEqual({ say: 'ann (user) --role owner--> acme', more: 'binding bnd_1 by bob', items: [] });
  });
  it('tells decisions by the one that let it be made', () => {
    const items = [item('aud_1', 'allow gpuaas.instance.create at acme'), item('aud_2', 'allow access.session.create at acme')];
    expect(toldOf(line({ step: 'decision', text: '2 rows', items }))).toEqual({ say: 'allow gpuaas.instance.create at acme', more: 'and 1 decision since', items: [items[1]] });
  });
  it('keeps all items of any other line', () => {
    const items = [item('use_1', 'a'), item('use_2', 'b')];
    expect(toldOf(line({ text: '2 events', items }))).toEqual({ say: '2 events', more: '', items });
  });
  it('does not say the place of the resource again', () => {
    expect(itemText(item('use_1', 'a to b at acme/r/v'), 'acme/r/v')).toBe('a to b');
    expect(itemText(item('aud_1', 'allow x at acme/r/v, leaf 3'), 'acme/r/v')).toBe('allow x, leaf 3');
    expect(itemText(item('aud_1', 'allow x at acme/r/v2'), 'acme/r/v')).toBe('allow x at acme/r/v2');
  });
  it('reads leaf and verb of an audit record', () =>
    expect(leafOf('gpuaas.instance.starting by local-1, leaf 45118')).toEqual({ leaf: '45118', type: 'instance', verb: 'starting' }));
  it('tells itself in one line', () => {
    const data: Lineage = {
      resource: { id: 'ins_1', type: 'gpuaas.instance', name: 'train', path: 'acme/x', state: 'running' }, simulated: false, settled: true,
      lines: [line({ step: 'decision', text: 'allow' }), line({ amount: '93 gpu-second' }), line({ step: 'charges', amount: '0.064558 EUR' })],
    };
    expect(inOneLine(data)).toBe('train was allowed, it used 93 gpu-second, that cost 0.064558 EUR.');
    expect(inOneLine({ ...data, lines: data.lines.slice(0, 1) })).toContain('no use of it');
  });
});

describe('the log', () => {
  it('joins lines that come in pieces, and leaves colours out', () => {
    const log = new LogLines();
    log.add('a\u001b[32mb');
    log.add('c\u001b[0m\nnext');
    expect(log.lines()).toEqual(['abc', 'next']);
  });
  it('lets a carriage return begin the line again', () => {
    const log = new LogLines();
    log.add('10 %\r50 %\r100 %\r\nend\n');
    expect(log.lines()).toEqual(['100 %', 'end']);
  });
  it('keeps the last lines and counts the others', () => {
    const log = new LogLines();
    log.add(Array.from({ length: KEPT + 10 }, (_, i) => `${i}\n`).join(''));
    expect([log.lines().length, log.dropped, log.lines()[0]]).toEqual([KEPT, 10, '10']);
  });
});

describe('charts', () => {
  it.each([
    [0, [0, 1]],
    [0.69, [0, 0.2, 0.4, 0.6, 0.8]],
    [97, [0, 25, 50, 75, 100]],
  ])('ticks up to %d', (most, ticks) => expect(ticksOf(most)).toEqual(ticks));
  it('draws a line only from two samples, and drops what is older than the span', () => {
    const box = { left: 0, right: 100, top: 0, floor: 10, most: 1 };
    expect(lineOf([{ at: 0, value: 1 }], 10, box)).toBe('');
    expect(lineOf([{ at: 0, value: 1 }, { at: 95, value: 0 }, { at: 100, value: 2 }], 10, box)).toBe('50.0,10.0 100.0,0.0');
  });
  it('shows every day of the month, and a young line wide', () => {
    expect(daysOfMonth([{ day: '2026-10-31', value: 2 }, { day: '2026-11-02', value: 1 }], '2026-11-03')).toEqual([
      { day: '2026-10-31', value: 2 }, { day: '2026-11-01', value: 0 }, { day: '2026-11-02', value: 1 }, { day: '2026-11-03', value: 0 },
    ]);
    expect([spanOf([], 300_000), spanOf([{ at: 0, value: 1 }, { at: 61_000, value: 1 }], 300_000), spanOf([{ at: 0, value: 1 }, { at: 9e9, value: 1 }], 300_000)]).toEqual([60_000, 120_000, 300_000]);
  });
  it('keeps bars inside', () => {
    for (const n of [1, 7, 31]) {
      const bars = barsOf(n, 10, 100);
      expect(bars.at(-1)!.x + bars.at(-1)!.width).toBeLessThanOrEqual(100);
    }
  });
});

describe('the tree', () => {
  const scope = (id: string, kind: Scope['kind'], path: string, parent: string | null): Scope => ({ id, kind, name: path.split('/').at(-1)!, path, parent, created_at: '' });
  const rows = [scope('plt', 'platform', '', null), scope('o', 'organization', 'acme', 'plt'), scope('d', 'department', 'acme/r', 'o'), scope('p', 'project', 'acme/r/v', 'd')];
  it('begins at the highest scope that is seen', () => {
    expect(treeOf(rows).tops.map((it) => it.id)).toEqual(['o']);
    expect(treeOf(rows.slice(3)).tops.map((it) => it.id)).toEqual(['p']);
  });
  it('gives the way down to a scope', () => expect(treeOf(rows).chain('p').map((it) => it.id)).toEqual(['o', 'd', 'p']));
  it('is read as a whole from the highest scope where a role holds', () => {
    const chain = treeOf(rows).chain('p');
    expect(reachOf(chain, ['d'])?.id).toBe('d');
    expect(reachOf(chain, ['plt', 'o', 'p'])?.id).toBe('o');
    expect(reachOf(chain, [])?.id).toBe('p');
  });
  it('is what the path names, or none: never another under its address', () => {
    const tree = treeOf(rows);
    expect(scopeOf(tree, 'p', 'd')?.id).toBe('p');
    expect(scopeOf(tree, 'prj_gone', 'd')).toBeUndefined();
    expect(scopeOf(tree, 'acme', undefined)).toBeUndefined();
  });
  it('is the likely one, else the highest, where the path names none', () => {
    expect(scopeOf(treeOf(rows), undefined, 'd')?.id).toBe('d');
    expect(scopeOf(treeOf(rows), undefined, 'prj_gone')?.id).toBe('o');
  });
  it('says known ids as paths', () => {
    const tree = treeOf([scope('prj_01', 'project', 'acme/r/v', null)]);
    expect(named('needs a.b.c at prj_01, not prj_02', tree)).toBe('needs a.b.c at acme/r/v, not prj_02');
  });
  it('knows below from beside', () => {
    expect(within('acme/r/v', 'acme/r')).toBe(true);
    expect(within('acme/research', 'acme/r')).toBe(false);
  });
});
