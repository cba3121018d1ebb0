// Charts in plain SVG: zero-based, the unit at the axis, labels on the line, and the same in words for who cannot see them.
import { useId } from 'react';
import { barsOf, lineOf, spanOf, ticksOf, type Sample } from './chart-math';

const WIDE = 980;
const TOP = 22;
const LEFT = 64;
const RIGHT = 968;

/** Amounts by day as bars. */
export function DayBars({ days, unit, label }: { days: { day: string; value: number }[]; unit: string; label: string }) {
  const title = useId();
  const floor = 190;
  const ticks = ticksOf(Math.max(...days.map((it) => it.value), 0));
  const most = ticks.at(-1)!;
  const y = (value: number) => floor - (value / most) * (floor - TOP);
  const bars = barsOf(days.length, LEFT + 6, RIGHT);
  const best = days.reduce((a, b) => (b.value > a.value ? b : a), days[0]!);
  const every = Math.ceil(days.length / 12);
  return (
    <svg className="chart" viewBox={`0 0 ${WIDE} 222`} role="img" aria-labelledby={title}>
      <title id={title}>{`${label}: ${days.map((it) => `${it.day} ${it.value} ${unit}`).join(', ')}`}</title>
      {ticks.map((value) => (
        <g key={value}>
          <path className={value === 0 ? 'ax0' : 'ax'} d={`M${LEFT} ${y(value)}H${RIGHT}`} />
          <text x={LEFT - 10} y={y(value) + 4} textAnchor="end">{value}</text>
        </g>
      ))}
      <text x={LEFT - 10} y={10} textAnchor="end" className="unitlabel">{unit}</text>
      {days.map((it, i) => (
        <g key={it.day}>
          <rect className="bar_" x={bars[i]!.x} y={y(it.value)} width={bars[i]!.width} height={Math.max(0, floor - y(it.value))} rx={1.5} />
          {it === best && it.value > 0 && <text className="h" x={bars[i]!.x + bars[i]!.width / 2} y={y(it.value) - 6} textAnchor="middle">{it.value.toFixed(2)}</text>}
          {i % every === 0 && <text x={bars[i]!.x + bars[i]!.width / 2} y={209} textAnchor="middle">{it.day.slice(5)}</text>}
        </g>
      ))}
    </svg>
  );
}

/** One figure over the last minutes, live. `most` fixes the top (a limit); without it the data does. */
export function LiveLine({ samples, longest, most, unit, label, simulated, text }: {
  samples: Sample[]; longest: number; most?: number; unit: string; label: string; simulated?: boolean; text: (value: number) => string;
}) {
  const title = useId();
  const [wide, high, floor] = [460, 120, 100];
  const span = spanOf(samples, longest);
  const ticks = most ? [0, most / 2, most] : ticksOf(Math.max(...samples.map((it) => it.value), 0)).filter((_, i, all) => i === 0 || i === all.length - 1 || all.length < 4);
  const top = ticks.at(-1)!;
  const points = lineOf(samples, span, { left: 54, right: wide - 8, top: 16, floor, most: top });
  const last = samples.at(-1);
  return (
    <figure className="live">
      <figcaption>
        <span>{label}</span>
        <b>{last ? text(last.value) : '–'}</b>
      </figcaption>
      <svg className={simulated ? 'chart livechart simd' : 'chart livechart'} viewBox={`0 0 ${wide} ${high}`} role="img" aria-labelledby={title}>
        <title id={title}>{last ? `${label}: now ${text(last.value)}` : `${label}: no figure yet`}</title>
        {ticks.map((value) => {
          const y = floor - (value / top) * (floor - 16);
          return (
            <g key={value}>
              <path className={value === 0 ? 'ax0' : 'ax'} d={`M54 ${y}H${wide - 8}`} />
              <text x={48} y={y + 4} textAnchor="end">{text(value)}</text>
            </g>
          );
        })}
        {points && <polygon className="a" points={`${points.split(' ')[0]!.split(',')[0]},${floor} ${points} ${points.split(' ').at(-1)!.split(',')[0]},${floor}`} />}
        {points && <polyline className="l" points={points} />}
        <text x={54} y={high - 4}>{`${span / 60_000} min ago`}</text>
        <text x={wide - 8} y={high - 4} textAnchor="end">now</text>
        <desc>{unit}</desc>
      </svg>
    </figure>
  );
}
