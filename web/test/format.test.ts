import { describe, expect, it, test } from 'vitest';
import { csv } from '../src/format/csv';
import { curl, quote, words } from '../src/format/command';
import { fixed, forSeconds, grouped, hoursLeft, parse, rateAmount, roundAmount, sum, tableAmount } from '../src/format/decimal';
import { parseFilter, passes, withColumn } from '../src/format/filter';
import { pieces } from '../src/format/prose';
import { duration, local, utc } from '../src/format/time';
import { bytes, count, cpus, gpus, shortId } from '../src/format/units';

const eur = (amount: string) => ({ amount, currency: 'EUR' });

describe('money', () => {
  it('adds decimals that floats cannot', () => {
    expect(fixed(sum([eur('0.1'), eur('0.2')]), 6)).toBe('0.300000');
    expect(fixed(sum([eur('90071992547409.930001'), eur('0.000001')]), 6)).toBe('90071992547409.930002');
  });
  it.each([
    ['0.0000005', '0.000000'],
    ['0.0000015', '0.000002'],
    ['-0.0000015', '-0.000002'],
    ['-0.0000001', '0.000000'],
    ['12', '12.000000'],
  ])('shows %s with six places as %s, half to even', (amount, shown) => expect(tableAmount(amount)).toBe(shown));
  it('keeps two places in summaries and parts thousands', () => {
    expect(roundAmount(eur('87.535442'))).toBe('87.54');
    expect(grouped('1204567.50')).toBe('1\u202f204\u202f567.50');
  });
  it.each([
    ['2.499', '2.499'],
    ['0', '0.000'],
    ['5.798000', '5.798'],
    ['0.000694', '0.000694'],
    ['11.1960', '11.196'],
  ])('shows a rate of %s as %s', (amount, shown) => expect(rateAmount(amount)).toBe(shown));
  it('refuses what is no decimal', () => {
    for (const text of ['', '1e3', '1,5', 'NaN', '.5', '--1']) expect(parse(text)).toBeUndefined();
  });
  it('meters by the second', () => expect(fixed(forSeconds(parse('2.499')!, 93), 6)).toBe('0.064558'));
  it('says how long credit lasts, and nothing where nothing burns', () => {
    expect(hoursLeft(parse('10')!, parse('2.5')!)).toBe(4);
    expect(hoursLeft(parse('10')!, 0n)).toBeUndefined();
  });
});

describe('time', () => {
  const now = new Date(2026, 10, 24, 14, 31, 7);
  it('leaves the date out today, and seconds on other days', () => {
    expect(local(new Date(2026, 10, 24, 9, 5, 3), now)).toBe('09:05:03');
    expect(local(new Date(2026, 10, 2, 9, 12, 40), now)).toBe('2026-11-02 09:12');
  });
  it('gives UTC for the title', () => expect(utc(new Date('2026-11-24T13:31:07Z'))).toBe('2026-11-24 13:31:07 UTC'));
  it.each([
    [310, '0.31 s'],
    [51_000, '51 s'],
    [132_000, '2 m 12 s'],
    [12_000_000, '3 h 20 m'],
    [450_000_000, '5 d 5 h'],
    [-5, '0.00 s'],
  ])('%d ms reads %s', (ms, shown) => expect(duration(ms)).toBe(shown));
});

describe('units', () => {
  it.each([
    [4 * 2 ** 30, '4 GiB'],
    [1.5 * 2 ** 30, '1.5 GiB'],
    [512 * 2 ** 20, '512 MiB'],
    [0, '0 B'],
  ])('%d bytes read %s', (size, shown) => expect(bytes(size)).toBe(shown));
  it('shortens an id to its ends, and leaves a short one whole', () => {
    expect(shortId('ins_01j9c4v8e0t5fmzr3xw6hd7k2q')).toBe('ins_01j9c…7k2q');
    expect(shortId('ins_01j9c7k2q')).toBe('ins_01j9c7k2q');
  });
  it('writes shapes in words', () => {
    expect(cpus(1500)).toBe('1.5 CPU');
    expect(gpus({ gpus: 2, gpu_model: 'H100', gpu_memory: 80 * 2 ** 30 })).toBe('2 × H100 80 GB');
    expect(count(1, 'event')).toBe('1 event');
    expect(count(0, 'event')).toBe('0 events');
  });
});

describe('csv', () => {
  it('quotes commas, quotes and line ends', () => expect(csv(['a', 'b'], [['x,y', 'say "hi"\nthere']])).toBe('a,b\r\n"x,y","say ""hi""\nthere"\r\n'));
  it('never hands a spreadsheet a formula, and leaves negative numbers alone', () => {
    expect(csv(['a'], [['=1+1'], ['@x'], ['+1'], ['-cmd'], ['-1.5']])).toBe("a\r\n'=1+1\r\n'@x\r\n'+1\r\n'-cmd\r\n-1.5\r\n");
  });
  it('writes nothing for nothing', () => expect(csv(['a', 'b'], [[null, undefined]])).toBe('a,b\r\n,\r\n'));
});

describe('commands', () => {
  it.each([
    ["sh -c 'while :; do date; sleep 1; done'", ['sh', '-c', 'while :; do date; sleep 1; done']],
    ['  a   b ', ['a', 'b']],
    ['a\\ b "c \\" $d" \'\'', ['a b', 'c " $d', '']],
    ['', []],
  ])('splits %s as a shell does', (line, argv) => expect(words(line)).toEqual(argv));
  it('knows an open quote', () => expect(words("sh -c 'date")).toBeUndefined());
  it('quotes so that the shell reads the same words back', () => {
    for (const word of ["it's", 'a b', '$HOME', '', 'plain-1.2/x', '"']) expect(words(quote(word))).toEqual([word]);
  });
  it('writes a POST with its key and its body', () => {
    const text = curl('http://127.0.0.1:7070', 'POST', '/v1/x', { name: "o'k" });
    expect(text).toContain('Idempotency-Key');
    expect(text).toContain(`-d '{"name":"o'\\''k"}'`);
  });
});

describe('filter', () => {
  const row = new Map([['name', 'train'], ['state', 'running'], ['project', 'acme/research/vision']]);
  test.each([
    ['', true],
    ['train', true],
    ['TRAIN', true],
    ['state:running project:vision', true],
    ['state:failed', false],
    ['state:failed state:running', true],
    ['nothing:x', false],
    ['state:', true],
    ['train other', false],
  ])('"%s" -> %s', (line, found) => expect(passes(parseFilter(line), row)).toBe(found));
  it('sets and frees one column of the line', () => {
    expect(withColumn('train state:failed', 'state', 'running')).toBe('train state:running');
    expect(withColumn('train state:failed', 'state', undefined)).toBe('train');
  });
});

describe('prose', () => {
  const kinds = (text: string) => pieces(text).filter((piece) => piece.kind !== 'text').map((piece) => `${piece.kind} ${piece.text}`);
  it('sets apart a permission and a path', () =>
    expect(kinds('allow gpuaas.instance.create at acme/research/vision')).toEqual(['strong allow', 'code gpuaas.instance.create', 'path acme/research/vision']));
  it('sets apart the role of a binding', () => expect(kinds('ann (user) --role project-admin--> acme/research')).toEqual(['role --role project-admin-->', 'path acme/research']));
  it('sets apart ids, amounts and times', () =>
    expect(kinds('hold hld_01j9c4v8e0, 0.42 EUR until 2026-11-24T13:41:00Z')).toEqual(['id hld_01j9c4v8e0', 'strong 0.42 EUR', 'time 2026-11-24T13:41:00Z']));
  it('loses no letter', () => {
    const text = '93 s x 2.499 EUR/h (price book 4) = 0.064558 EUR; 3 transfers prepaid/acme -> revenue/gpuaas/acme';
    expect(pieces(text).map((piece) => piece.text).join('')).toBe(text);
  });
});
