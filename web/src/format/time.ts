// Times are shown local, with UTC on hover; durations in their two largest units.

const two = (n: number) => String(n).padStart(2, '0');
const day = (at: Date) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
export const clock = (at: Date) => `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
export const clockShort = (at: Date) => `${two(at.getHours())}:${two(at.getMinutes())}`;

/** "14:31:07", with the date and no seconds when it is not today. */
export function local(at: Date, now: Date): string {
  return day(at) === day(now) ? clock(at) : `${day(at)} ${clockShort(at)}`;
}

/** "2026-11-24 13:31:07 UTC" */
export const utc = (at: Date) => `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** "0.31 s", "51 s", "2 m 12 s", "3 h 20 m", "5 d 4 h" */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  const s = Math.floor(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} m ${two(s % 60)} s`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${two(Math.floor((s % 3600) / 60))} m`;
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`;
}

export const since = (from: string | null | undefined, to: string | null | undefined, now: Date): number | undefined =>
  from ? (to ? new Date(to) : now).getTime() - new Date(from).getTime() : undefined;

export const monthName = (at: Date) => at.toLocaleString('en', { month: 'long' });
