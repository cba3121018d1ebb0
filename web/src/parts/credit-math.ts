// How prepaid credit went, from the transfers that moved it, and how it goes on if nothing changes.
import type { Transfer } from '../api/types';
import { toBig, toNumber } from '../format/decimal';
import type { Sample } from './chart-math';

const HOUR = 3_600_000;

/** The balance after each transfer since `from`, oldest first, ending with `now`: steps back from what is left now. */
export function creditSteps(transfers: Transfer[], account: string, left: bigint, from: number, now: number): Sample[] {
  const moved = transfers
    .map((it) => ({ at: new Date(it.at).getTime(), by: (it.credit === account ? toBig(it.amount) : 0n) - (it.debit === account ? toBig(it.amount) : 0n) }))
    .filter((it) => it.by !== 0n && it.at <= now)
    .sort((a, b) => b.at - a.at);
  let balance = left;
  const back: Sample[] = [{ at: now, value: toNumber(left) }];
  for (const it of moved) {
    if (it.at < from) break;
    back.push({ at: it.at, value: toNumber(balance) });
    balance -= it.by;
    back.push({ at: it.at, value: toNumber(balance) });
  }
  if (back.at(-1)!.at > from) back.push({ at: from, value: toNumber(balance) });
  return back.reverse();
}

/** When credit is used up at `burn` an hour; undefined where nothing burns or nothing is left. */
export function emptyAt(left: bigint, burn: bigint, now: number): number | undefined {
  return burn > 0n && left > 0n ? now + (toNumber(left) / toNumber(burn)) * HOUR : undefined;
}

/** Where the axis ends: an hour on at least, a day at most; past the end of the credit, with room for its label, if that lies between. */
export function horizon(empty: number | undefined, now: number): number {
  return Math.min(now + 24 * HOUR, Math.max(now + HOUR, empty === undefined ? 0 : empty + 0.3 * (empty - now) + HOUR));
}

/** Whole hours between, at most eight of them, evenly apart. */
export function hourTicks(from: number, to: number): number[] {
  const step = [1, 2, 3, 4, 6, 12].find((hours) => (to - from) / (hours * HOUR) <= 8) ?? 12;
  const first = new Date(from);
  first.setMinutes(0, 0, 0);
  const ticks: number[] = [];
  for (let at = first.getTime(); at <= to; at += HOUR) if (at >= from && new Date(at).getHours() % step === 0) ticks.push(at);
  return ticks;
}
