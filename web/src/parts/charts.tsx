// Charts in plain SVG: zero-based, the unit at the axis, labels on the line, and the same in words for who cannot see them.
import { useId } from 'react';
import { clockShort } from '../format/time';
import { hourTicks } from './credit-math';
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

/** Prepaid credit over today: solid is posted, dashed is what comes if nothing changes. */
export function CreditLine({ steps, left, burn, burnText, unit, now, empty, to }: {
  steps: Sample[]; left: number; burn: number; burnText: string; unit: string; now: number; empty?: number; to: number;
}) {
  const title = useId();
  const floor = 190;
  const from = steps[0]!.at;
  const ticks = ticksOf(Math.max(...steps.map((it) => it.value), 0));
  const most = ticks.at(-1)!;
  const x = (at: number) => LEFT + ((at - from) / (to - from)) * (RIGHT - LEFT);
  const y = (value: number) => floor - (Math.max(0, value) / most) * (floor - TOP);
  const points = steps.map((it) => `${x(it.at).toFixed(1)},${y(it.value).toFixed(1)}`).join(' ');
  const end = empty !== undefined && empty <= to ? { at: empty, value: 0 } : { at: to, value: left - (burn * (to - now)) / 3_600_000 };
  const endText = end.value === 0 ? `empty ${clockShort(new Date(end.at))}` : `${end.value.toFixed(2)} ${unit}`;
  const side = x(end.at) > RIGHT - 160 ? 'end' : 'start';
  const labelX = x(end.at) + (side === 'end' ? -8 : 10);
  const below = side === 'end' && y(end.value) < floor - 40; // the line comes from above on the left
  const labelY = below ? y(end.value) + 22 : Math.max(34, y(end.value) - 24);
  return (
    <svg className="chart" viewBox={`0 0 ${WIDE} 222`} role="img" aria-labelledby={title}>
      <title id={title}>{`${left.toFixed(2)} ${unit} now. ${burn > 0 ? `At ${burnText}: ${endText}.` : 'Nothing burns.'}`}</title>
      {ticks.map((value) => (
        <g key={value}>
          <path className={value === 0 ? 'ax0' : 'ax'} d={`M${LEFT} ${y(value)}H${RIGHT}`} />
          <text x={LEFT - 10} y={y(value) + 4} textAnchor="end">{value}</text>
        </g>
      ))}
      <text x={LEFT - 10} y={10} textAnchor="end" className="unitlabel">{unit}</text>
      {hourTicks(from, to).map((at) => (
        <text key={at} x={x(at)} y={209} textAnchor="middle">{clockShort(new Date(at))}</text>
      ))}
      <polygon className="a" points={`${x(from).toFixed(1)},${floor} ${points} ${x(now).toFixed(1)},${floor}`} />
      <polyline className="l" points={points} />
      <path className="nowl" d={`M${x(now)} 18V${floor}`} />
      {burn > 0 && left > 0 && (
        <>
          <path className="f" d={`M${x(now)} ${y(left)}L${x(end.at)} ${y(end.value)}`} />
          <circle className="pt" cx={x(end.at)} cy={y(end.value)} r={4} />
          <text className="h" x={labelX} y={labelY} textAnchor={side}>{endText}</text>
          <text x={labelX} y={labelY + 15} textAnchor={side}>at {burnText}</text>
        </>
      )}
      <circle className="pt" cx={x(now)} cy={y(left)} r={4} />
      <text className="h" x={x(now) + 10} y={Math.max(14, y(left) - 10)}>now {left.toFixed(2)} {unit}</text>
    </svg>
  );
}
