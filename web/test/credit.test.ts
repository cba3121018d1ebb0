import { describe, expect, it } from 'vitest';
import type { Transfer } from '../src/api/types';
import { parse } from '../src/format/decimal';
import { creditSteps, emptyAt, horizon, hourTicks } from '../src/parts/credit-math';

const HOUR = 3_600_000;
const at = (ms: number) => new Date(ms).toISOString();
const transfer = (ms: number, debit: string, credit: string, amount: string): Transfer => ({ id: `trf_${ms}`, at: at(ms), debit, credit, amount: { amount, currency: 'EUR' }, charge: '', resource: '', kind: 'posted', note: '' });

describe('prepaid credit over time', () => {
  const moved = [transfer(1000, 'credits-granted/acme', 'prepaid/acme', '100'), transfer(2000, 'prepaid/acme', 'revenue/gpuaas/acme', '1.5'), transfer(3000, 'prepaid/acme', 'revenue/gpuaas/acme', '0.5')];
  it('steps back from what is left now, in any order of the list', () => {
    const steps = creditSteps(moved.toReversed(), 'prepaid/acme', parse('98')!, 0, 4000);
    expect(steps).toEqual([
      { at: 0, value: 0 }, { at: 1000, value: 0 }, { at: 1000, value: 100 }, { at: 2000, value: 100 }, { at: 2000, value: 98.5 }, { at: 3000, value: 98.5 }, { at: 3000, value: 98 }, { at: 4000, value: 98 },
    ]);
  });
  it('begins at what it was then, when earlier transfers are left out', () => expect(creditSteps(moved, 'prepaid/acme', parse('98')!, 2500, 4000)[0]).toEqual({ at: 2500, value: 98.5 }));
  it('is one flat line without transfers', () => expect(creditSteps([], 'prepaid/acme', parse('5')!, 0, 10)).toEqual([{ at: 0, value: 5 }, { at: 10, value: 5 }]));
  it('ends when it is used up, and never where nothing burns or nothing is left', () => {
    expect(emptyAt(parse('10')!, parse('2.5')!, 0)).toBe(4 * HOUR);
    expect(emptyAt(parse('10')!, 0n, 0)).toBeUndefined();
    expect(emptyAt(parse('-1')!, parse('1')!, 0)).toBeUndefined();
  });
  it('looks an hour ahead at least and a day at most', () => expect([horizon(undefined, 0), horizon(4 * HOUR, 0), horizon(99 * HOUR, 0)]).toEqual([HOUR, 6.2 * HOUR, 24 * HOUR]));
  it('marks at most a handful of hours', () => {
    for (const hours of [1, 5, 11, 24, 40]) expect(hourTicks(0, hours * HOUR).length).toBeLessThanOrEqual(9);
    expect(hourTicks(0, 2 * HOUR)).toHaveLength(3);
  });
});
