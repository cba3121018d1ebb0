// What the workload writes, as it writes it: followed until it ends, kept up to a bound.
import { useEffect, useMemo, useRef, useState } from 'react';
import { curl } from '../../format/command';
import { onItsWay } from '../../format/instance';
import { Icon, Status } from '../../parts/basic';
import { AsCommand } from '../../parts/cmd';
import { saveFile } from '../../parts/data-table';
import { Failed } from '../../parts/faces';
import { useInstance } from './frame';
import { type LogState, readLog } from './log-feed';
import { KEPT, LogLines } from './log-lines';

type Feed = { lines: string[]; dropped: number; state: LogState | 'failed'; error?: unknown };

/** Follows the log; many cuts in one frame are one drawing. */
function useLog(instance: string, round: number): Feed {
  const [feed, setFeed] = useState<Feed>({ lines: [], dropped: 0, state: 'reading' });
  useEffect(() => {
    const stop = new AbortController();
    const kept = new LogLines();
    let due = 0;
    let state: Feed['state'] = 'reading';
    const draw = (error?: unknown) => {
      cancelAnimationFrame(due);
      due = requestAnimationFrame(() => setFeed({ lines: kept.lines(), dropped: kept.dropped, state, error }));
    };
    const enter = (next: Feed['state'], error?: unknown) => {
      state = next;
      draw(error);
    };
    const add = (text: string) => {
      kept.add(text);
      draw();
    };
    setFeed({ lines: [], dropped: 0, state });
    readLog(instance, stop.signal, { add, enter }).catch((error) => enter('failed', error));
    return () => {
      stop.abort();
      cancelAnimationFrame(due);
    };
  }, [instance, round]);
  return feed;
}

function Following({ state }: { state: Feed['state'] }) {
  if (state === 'reading') return <Status tone="ok" shape="s-run">following</Status>;
  if (state === 'lost') return <Status tone="wait" shape="s-wait">connection lost; trying again</Status>;
  if (state === 'ended') return <Status tone="off" shape="s-stop">ended</Status>;
  return null;
}

export function LogsTab() {
  const it = useInstance();
  const [round, setRound] = useState(0);
  const [filter, setFilter] = useState('');
  const [wrap, setWrap] = useState(false);
  const [stick, setStick] = useState(true);
  const screen = useRef<HTMLPreElement>(null);
  const began = onItsWay(it) ? 'no' : 'yes';
  const feed = useLog(it.id, round + (began === 'yes' ? 1000 : 0));
  const shown = useMemo(() => (filter ? feed.lines.filter((line) => line.toLowerCase().includes(filter.toLowerCase())) : feed.lines), [feed.lines, filter]);
  useEffect(() => {
    if (stick && screen.current) screen.current.scrollTop = screen.current.scrollHeight;
  }, [shown, stick]);
  const onScroll = () => {
    const at = screen.current!;
    setStick(at.scrollHeight - at.scrollTop - at.clientHeight < 24);
  };
  return (
    <section className="card" aria-label={`Log of ${it.name}`}>
      <div className="tools">
        <span className="inw grow">
          <Icon name="search" />
          <input className="in" aria-label="Filter the log" placeholder="Filter lines" value={filter} onChange={(event) => setFilter(event.target.value)} />
        </span>
        <span role="status">
          <Following state={feed.state} />
        </span>
        <span className="grow" />
        <AsCommand small command={{ cli: `gpuaas instance logs ${it.name} --follow`, curl: curl(location.origin, 'GET', `/v1/instances/${it.id}/logs?follow=true`) }} />
        <button className="btn quiet" type="button" aria-pressed={wrap} onClick={() => setWrap(!wrap)}>
          <Icon name="wrap" />
          {wrap ? 'Do not wrap' : 'Wrap'}
        </button>
        <button className="btn quiet" type="button" onClick={() => saveFile(`${it.name}.log`, feed.lines.join('\n') + '\n', 'text/plain')}>
          <Icon name="down" />
          Download
        </button>
      </div>
      {feed.state === 'failed' ? (
        <Failed error={feed.error} what="The log" retry={() => setRound(round + 1)} />
      ) : (
        <pre className={wrap ? 'logpane wrapped' : 'logpane'} ref={screen} tabIndex={0} onScroll={onScroll} aria-label="Log lines">
          {feed.dropped > 0 && <span className="d">{`${feed.dropped} earlier lines are not kept here; the command above reads them all\n`}</span>}
          {!feed.lines.length && <span className="d">{feed.state === 'ended' ? 'It wrote nothing.' : 'Nothing written yet.'}</span>}
          {shown.join('\n')}
        </pre>
      )}
      <div className="tfoot_">
        <span>
          {shown.length} of {feed.lines.length} lines, {KEPT} at most
        </span>
        <span className="grow" />
        {!stick && (
          <button className="btn small" type="button" onClick={() => setStick(true)}>
            To the end
          </button>
        )}
      </div>
    </section>
  );
}
