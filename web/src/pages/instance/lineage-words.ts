// How a line of lineage reads: its knot, its figure, what hides it.
import type { Lineage, LineageLine, LineageState, Money } from '../../api/types';
import { grouped } from '../../format/decimal';

export const KNOTS: Record<LineageState, { tone: string; shape: string; line: string }> = {
  proved: { tone: '', shape: 'k-ok', line: '' },
  posted: { tone: '', shape: 'k-ok', line: '' },
  pending: { tone: 'wait', shape: 'k-wait', line: 'waits' },
  hidden: { tone: 'off', shape: 'k-hid', line: 'unseen' },
  planned: { tone: 'off', shape: 'k-plan', line: 'unseen' },
};

/** Money, or a text like "93 gpu-seconds": figure and unit apart. */
export function amountOf(amount: Money | string | null | undefined): { figure: string; unit: string } | undefined {
  if (!amount) return undefined;
  if (typeof amount !== 'string') return { figure: grouped(amount.amount), unit: amount.currency };
  const match = /^(-?[\d.]+)\s+(.+)$/.exec(amount);
  return match ? { figure: grouped(match[1]!), unit: match[2]! } : { figure: amount, unit: '' };
}

/** The server's sentence, without the step's own word at its head. */
export function sentenceOf(line: LineageLine): string {
  const head = new RegExp(`^${line.step}:?\\s+`, 'i');
  return line.text.replace(head, '');
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
