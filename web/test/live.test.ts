import { describe, expect, it } from 'vitest';
import { backoff } from '../src/live/backoff';
import { EventParser } from '../src/live/sse';
import { stale } from '../src/live/stale';

const STREAM = ': hello\n\nid: 7\nevent: gpuaas.instance.create\ndata: {"a":1}\n\nid: 8\ndata: one\ndata: two\n\n';

describe('server-sent events', () => {
  it('gives whole events, named by their action', () => {
    const got = new EventParser().feed(STREAM);
    expect(got).toEqual([
      { id: '7', event: 'gpuaas.instance.create', data: '{"a":1}' },
      { id: '8', event: 'message', data: 'one\ntwo' },
    ]);
  });
  it('gives the same in any cuts and with any line ends', () => {
    const whole = new EventParser().feed(STREAM);
    for (const ends of ['\n', '\r\n'])
      for (let size = 1; size < 12; size++) {
        const parser = new EventParser();
        const text = STREAM.replaceAll('\n', ends);
        const got = [];
        for (let i = 0; i < text.length; i += size) got.push(...parser.feed(text.slice(i, i + size)));
        expect(got).toEqual(whole);
      }
  });
  it('resumes from the last id, also when its event had no data', () => {
    const parser = new EventParser();
    parser.feed('id: 41\n\n');
    expect(parser.lastId).toBe('41');
    parser.feed('id: 42\nevent: x\n');
    expect(parser.lastId).toBe('42');
  });
  it('keeps a half event until the rest comes', () => {
    const parser = new EventParser();
    expect(parser.feed('id: 1\ndata: a')).toEqual([]);
    expect(parser.feed('b\n\n')).toEqual([{ id: '1', event: 'message', data: 'ab' }]);
  });
});

describe('what an event makes stale', () => {
  const names = (action: string, resource?: string) => stale(action, { resource }).map((key) => key.join(' '));
  it('an instance: its own page, its lists, what they burn', () => expect(names('gpuaas.instance.stop', 'ins_1')).toEqual(expect.arrayContaining(['instances', 'instance ins_1', 'lineage ins_1', 'costs'])));
  it('money: cost, balance, charges, transfers, every lineage', () => expect(names('billing.charge.post')).toEqual(expect.arrayContaining(['costs', 'balance', 'charges', 'transfers', 'lineage'])));
  it('a binding: who I am, too', () => expect(names('iam.binding.remove')).toContain('me'));
  it('anything else: the audit records', () => expect(names('access.session.create', 'ins_1')).toEqual(['audit', 'lineage ins_1']));
});

describe('trying again', () => {
  it('waits longer each time, up to a bound, and never all at once', () => {
    expect(backoff(0, 0.5)).toBeLessThan(backoff(1, 0.5));
    expect(backoff(100, 1)).toBe(15_000);
    expect(backoff(3, 0)).toBeLessThan(backoff(3, 1));
  });
});
