// Where things lie in a chart.
export type Sample = { at: number; value: number };

/** From 0 to the first round number at or over `most`, in two to five round steps. */
export function ticksOf(most: number): number[] {
  if (!(most > 0)) return [0, 1];
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough)!;
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** Whole minutes that the samples need, `longest` at most, so that a young line is not a dot at the edge. */
export function spanOf(samples: Sample[], longest: number): number {
  const age = samples.length ? samples.at(-1)!.at - samples[0]!.at : 0;
  return Math.min(longest, Math.max(1, Math.ceil(age / 60_000)) * 60_000);
}

type Day = { day: string; value: number };
/** Every day of the month up to `today`, in order; one without a charge is a zero and not a gap. Earlier months stay. */
export function daysOfMonth(days: Day[], today: string): Day[] {
  const month = today.slice(0, 8);
  const known = new Map(days.map((it) => [it.day, it.value]));
  const all = Array.from({ length: Number(today.slice(8)) }, (_, i) => month + String(i + 1).padStart(2, '0'));
  return [...days.filter((it) => !it.day.startsWith(month)), ...all.map((day) => ({ day, value: known.get(day) ?? 0 }))];
}

export function barsOf(count: number, left: number, right: number): { x: number; width: number }[] {
  const room = (right - left) / Math.max(count, 7);
  const width = Math.min(room * 0.7, 44);
  return Array.from({ length: count }, (_, i) => ({ x: left + i * room + (room - width) / 2, width }));
}

type Box = { left: number; right: number; top: number; floor: number; most: number };
/** "x,y x,y …", the newest sample at the right edge; empty below two samples. */
export function lineOf(samples: Sample[], span: number, box: Box): string {
  if (samples.length < 2) return '';
  const end = samples.at(-1)!.at;
  return samples
    .filter((it) => it.at >= end - span)
    .map((it) => {
      const x = box.right - ((end - it.at) / span) * (box.right - box.left);
      const y = box.floor - (Math.min(it.value, box.most) / box.most) * (box.floor - box.top);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}
