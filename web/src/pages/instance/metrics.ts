// The live figures of an instance: a sample each second, kept for a few minutes in this page only.
import { useEffect, useReducer, useRef, useState } from 'react';
import { openStream } from '../../api/client';
import { backoff } from '../../live/backoff';
import { EventParser, readEvents } from '../../live/sse';
import type { Sample } from '../../parts/chart-math';

export type Metrics = {
  at: string; cpu_percent: number; memory: number; memory_limit: number;
  gpus: { index: number; utilisation: number; memory_used: number; simulated?: boolean }[]; simulated?: boolean;
};
export const SPAN = 5 * 60_000;
const TRIES = 4;

export function useMetrics(instance: string, wanted: boolean) {
  const kept = useRef<Metrics[]>([]);
  const [, drawn] = useReducer((n: number) => n + 1, 0);
  const [error, setError] = useState<unknown>();
  const [round, again] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    if (!wanted) return;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const take = (data: string) => {
      kept.current = [...kept.current, JSON.parse(data) as Metrics].slice(-SPAN / 1000);
      drawn();
    };
    const read = async (tries: number): Promise<void> => {
      let seen = false;
      try {
        const stream = await openStream(`/v1/instances/${instance}/metrics`, stop.signal, { Accept: 'text/event-stream' });
        await readEvents(stream, new EventParser(), (event) => ((seen = true), take(event.data)));
      } catch (failed) {
        if (stop.signal.aborted) return;
        if (tries >= TRIES) return setError(failed);
      }
      if (!stop.signal.aborted) timer = setTimeout(() => void read(seen ? 0 : tries + 1), backoff(tries, Math.random()));
    };
    setError(undefined);
    void read(0);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [instance, wanted, round]);

  const series = (value: (it: Metrics) => number | undefined): Sample[] =>
    kept.current.flatMap((it) => {
      const figure = value(it);
      return figure === undefined ? [] : [{ at: new Date(it.at).getTime(), value: figure }];
    });
  const gpu = (it: Metrics, index: number) => it.gpus.find((one) => one.index === index);
  return {
    now: kept.current.at(-1),
    error,
    again,
    samples: {
      cpu: series((it) => it.cpu_percent),
      memory: series((it) => it.memory),
      gpu: (index: number) => series((it) => gpu(it, index)?.utilisation),
      gpuMemory: (index: number) => series((it) => gpu(it, index)?.memory_used),
    },
  };
}
