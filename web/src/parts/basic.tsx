// The smallest parts: icons, states, tags, the mark of what is simulated, times, money.
import { useEffect, useState, type ReactNode } from 'react';
import type { InstanceState, Money } from '../api/types';
import { rateAmount, roundAmount, tableAmount } from '../format/decimal';
import { local, utc } from '../format/time';
import sprite from './sprite.svg?raw';

/** All shapes, once in the page; <Icon> and <Shape> refer to them. */
export const Sprite = () => <svg width="0" height="0" className="sprite" aria-hidden="true" focusable="false" dangerouslySetInnerHTML={{ __html: `<defs>${sprite}</defs>` }} />;

export const Icon = ({ name }: { name: string }) => (
  <svg className="i" aria-hidden="true">
    <use href={`#i-${name}`} />
  </svg>
);
export const Mark = ({ name, className }: { name: string; className?: string }) => (
  <svg className={className} aria-hidden="true">
    <use href={`#${name}`} />
  </svg>
);

type Tone = 'ok' | 'wait' | 'bad' | 'off' | 'acc';
const STATES: Record<InstanceState, { tone: Tone; shape: string }> = {
  requested: { tone: 'wait', shape: 's-req' },
  placed: { tone: 'wait', shape: 's-req' },
  starting: { tone: 'wait', shape: 's-start' },
  running: { tone: 'ok', shape: 's-run' },
  stopping: { tone: 'wait', shape: 's-stopping' },
  stopped: { tone: 'off', shape: 's-stop' },
  exited: { tone: 'off', shape: 's-stop' },
  failed: { tone: 'bad', shape: 's-fail' },
};
export function State({ state, children }: { state: InstanceState; children?: ReactNode }) {
  const { tone, shape } = STATES[state] ?? { tone: 'off', shape: 's-req' };
  return (
    <span className={`st ${tone}`}>
      <Mark name={shape} />
      {children ?? state}
    </span>
  );
}
export const Status = ({ tone, shape, children }: { tone: Tone; shape: string; children: ReactNode }) => (
  <span className={`st ${tone}`}>
    <Mark name={shape} />
    {children}
  </span>
);

const TAGS: Record<string, { tone: Tone; shape: string }> = {
  proved: { tone: 'ok', shape: 's-check' },
  posted: { tone: 'ok', shape: 's-check' },
  recorded: { tone: 'ok', shape: 's-check' },
  rated: { tone: 'ok', shape: 's-check' },
  settled: { tone: 'ok', shape: 's-check' },
  pending: { tone: 'wait', shape: 's-wait' },
};
export function Tag({ word, children }: { word: string; children?: ReactNode }) {
  const look = TAGS[word];
  return (
    <span className={`tag ${look?.tone ?? ''}`}>
      {look && <Mark name={look.shape} />}
      {children ?? word}
    </span>
  );
}

export const Sim = () => (
  <span className="sim" title="No physical GPU: the platform imitates one, and says so everywhere">
    <span>simulated</span>
  </span>
);

/** Now, again every `every` milliseconds while `ticking`. */
export function useNow(every = 1000, ticking = true): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    if (!ticking) return;
    const timer = setInterval(() => setNow(new Date()), every);
    return () => clearInterval(timer);
  }, [every, ticking]);
  return now;
}

export function Time({ at }: { at: string | number | null | undefined }) {
  if (at === null || at === undefined || at === '') return <None />;
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={utc(date)}>
      {local(date, new Date())}
    </time>
  );
}

export const None = () => (
  <span className="mut" title="does not apply">
    –
  </span>
);
export const Unit = ({ children }: { children: ReactNode }) => <span className="unit">{children}</span>;
export const Amount = ({ money }: { money: Money }) => (
  <>
    {tableAmount(money)}
    <Unit>{money.currency}</Unit>
  </>
);
export const Rounded = ({ money }: { money: Money }) => (
  <>
    {roundAmount(money)} {money.currency}
  </>
);
export const Rate = ({ money }: { money: Money | null | undefined }) =>
  money ? (
    <>
      {rateAmount(money)}
      <Unit>{money.currency}/hour</Unit>
    </>
  ) : (
    <None />
  );
export const Code = ({ children }: { children: ReactNode }) => <code>{children}</code>;
