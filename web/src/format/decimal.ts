// Money as the API writes it: decimal text, never a float. Sums and shares are exact, in integers of 10^-12.
import type { Money } from '../api/types';

const PLACES = 12;
const ONE = 10n ** BigInt(PLACES);

/** "0.064558" as an integer of 10^-12; undefined where it is no decimal. */
export function parse(text: string): bigint | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) return undefined;
  const fraction = (match[3] ?? '').slice(0, PLACES).padEnd(PLACES, '0');
  const value = BigInt(match[2]!) * ONE + BigInt(fraction);
  return match[1] ? -value : value;
}

/** With exactly `places` digits, rounded half to even as the ledger rounds. */
export function fixed(value: bigint, places: number): string {
  const unit = 10n ** BigInt(PLACES - places);
  const sign = value < 0n ? '-' : '';
  const size = value < 0n ? -value : value;
  let whole = size / unit;
  const rest = size % unit;
  if (rest * 2n > unit || (rest * 2n === unit && whole % 2n === 1n)) whole += 1n;
  const digits = whole.toString().padStart(places + 1, '0');
  const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return /[1-9]/.test(text) ? sign + text : text;
}

export const toBig = (amount: Money | string | null | undefined): bigint => (amount ? (parse(typeof amount === 'string' ? amount : amount.amount) ?? 0n) : 0n);
export const toNumber = (value: bigint): number => Number(value) / 1e12;
export const sum = (values: Iterable<Money | string | null | undefined>): bigint => {
  let total = 0n;
  for (const value of values) total += toBig(value);
  return total;
};

/** Thousands parted by a thin space: 1204.50 is "1 204.50". */
export const grouped = (text: string): string => text.replace(/^(-?)(\d+)/, (_, sign: string, whole: string) => sign + whole.replace(/\B(?=(\d{3})+$)/g, '\u202f'));

/** In tables six places, in summaries two. */
export const tableAmount = (amount: Money | string): string => grouped(fixed(toBig(amount), 6));
export const roundAmount = (amount: Money | string | bigint): string => grouped(fixed(typeof amount === 'bigint' ? amount : toBig(amount), 2));

/** A rate by the hour keeps at least three places, and more where it has them. */
export function rateAmount(amount: Money | string | bigint): string {
  const six = fixed(typeof amount === 'bigint' ? amount : toBig(amount), 6);
  return grouped(six.replace(/(\.\d{3}\d*?)0+$/, '$1'));
}

/** What `seconds` at a price by the hour come to. */
export const forSeconds = (perHour: bigint, seconds: number): bigint => (perHour * BigInt(Math.max(0, Math.round(seconds * 1000)))) / 3_600_000n;

/** Hours that `left` lasts at `burn` by the hour; undefined where nothing burns. */
export const hoursLeft = (left: bigint, burn: bigint): number | undefined => (burn > 0n ? toNumber(left) / toNumber(burn) : undefined);
