// How a line of lineage reads: its knot, its figure, what hides it.
import type { Lineage, LineageItem, LineageLine, LineageState } from '../../api/types';
import { grouped } from '../../format/decimal';
import { count } from '../../format/units';

export const KNOTS: Record<LineageState, { tone: string; shape: string; line: string }> = {
  proved: { tone: '', shape: 'k-ok', line: '' },
  posted: { tone: '', shape: 'k-ok', line: '' },
  pending: { tone: 'wait', shape: 'k-wait', line: 'waits' },
  hidden: { tone: 'off', shape: 'k-hid', line: 'unseen' },
  planned: { tone: 'off', shape: 'k-plan', line: 'unseen' },
};

/** "93 gpu-second" or "0.064558 EUR": figure and unit apart. */
export function amountOf(amount: string | null | undefined): { figure: string; unit: string } | undefined {
  if (!amount) return undefined;
  const match = /^(-?[\d.]+)\s+(.+)$/.exec(amount);
  return match ? { figure: grouped(match[1]!), unit: match[2]! } : { figure: amount, unit: '' };
}

/**
 * How the line is told: its sentence, what two spaces part from it, and its items. A line with one item is told by that
 * item alone; the first decision is the one that let the resource be made, so it is the sentence and the others follow.
 */
export function toldOf(line: LineageLine): { say: string; more: string; items: LineageItem[] } {
  const first = line.items[0];
  const byFirst = first !== undefined && line.step === 'decision' && line.items.length > 1;
  const [say = '', ...more] = (byFirst ? first.text : line.text).split(/\s{2,}/);
  const rest = line.items.slice(1);
  return { say, more: [...more, ...(byFirst ? [`and ${count(rest.length, 'decision')} since`] : [])].join(' '), items: rest.length ? (byFirst ? rest : line.items) : [] };
}

/** An item's sentence without what its page says already: the place of the resource, and a time that stands beside it. */
export function itemText(item: LineageItem, path: string): string {
  return item.text.replace(new RegExp(` at ${path.replace(/[^\w/]/g, '\\$&')}(?=,|$)`), '');
}

/** "gpuaas.instance.starting by local-1, leaf 45118", in parts. */
export function leafOf(text: string): { leaf: string; type: string; verb: string } {
  const action = /[a-z_]+\.([a-z_]+)\.([a-z_]+)/.exec(text);
  return { leaf: /\bleaf (\d+)/.exec(text)?.[1] ?? /^\d+/.exec(text)?.[0] ?? '', type: action?.[1] ?? '', verb: action?.[2] ?? text };
}

/** "needs PERMISSION at SCOPE", in parts. */
export function hiddenOf(line: LineageLine): { permission?: string; scope?: string; text: string } {
  const text = line.hidden ?? line.text;
  const match = /needs\s+(\S+)(?:\s+at\s+(\S+))?/.exec(text);
  const bare = /^[a-z_]+(?:\.[a-z_]+){2}$/.test(text);
  return { permission: match?.[1] ?? (bare ? text : undefined), scope: match?.[2], text };
}

export function inOneLine(data: Lineage): string {
  const of = (step: string) => data.lines.find((line) => line.step === step && line.state !== 'hidden' && line.state !== 'planned');
  const amount = (step: string) => {
    const found = amountOf(of(step)?.amount);
    return found && `${found.figure} ${found.unit}`;
  };
  const parts = [of('decision') ? `${data.resource.name} was allowed` : `${data.resource.name} is here`];
  const [used, cost, moved] = [amount('usage'), amount('charges'), amount('ledger')];
  parts.push(used ? `it used ${used}` : 'no use of it has been measured yet');
  if (cost) parts.push(`that cost ${cost}`);
  if (moved) parts.push('and the ledger has posted it');
  return `${parts.join(', ')}.`;
}
