// What it is, how it got there, and what it uses now.
import { lazy, Suspense } from 'react';
import type { Instance } from '../../api/types';
import { quote, curl } from '../../format/command';
import { rateAmount } from '../../format/decimal';
import { exitText, over } from '../../format/instance';
import { duration } from '../../format/time';
import { bytes, cpus, gpus } from '../../format/units';
import { Mark, None, Sim, Status, Tag, Time } from '../../parts/basic';
import { AsCommand } from '../../parts/cmd';
import { Failed, Skeleton } from '../../parts/faces';
import { Id } from '../../parts/id';
import { useInstance } from './frame';
import { SPAN, useMetrics } from './metrics';

const LiveLine = lazy(() => import('../../parts/charts').then((it) => ({ default: it.LiveLine })));

export function OverviewTab() {
  const it = useInstance();
  return (
    <div className="cols">
      <div className="stack">
        <Use it={it} />
        <About it={it} />
      </div>
      <div className="stack">
        <Steps it={it} />
      </div>
    </div>
  );
}

function Use({ it }: { it: Instance }) {
  const running = it.state === 'running';
  const { now, samples, error, again } = useMetrics(it.id, running);
  if (!running) return null;
  const simulated = now?.simulated ?? it.simulated;
  return (
    <section className="card" aria-labelledby="use">
      <header>
        <h2 id="use" className="grow">
          What it uses now
        </h2>
        {now && <Status tone="ok" shape="s-run">live</Status>}
        <AsCommand small command={{ cli: `gpuaas instance show ${it.name} -o json`, curl: curl(location.origin, 'GET', `/v1/instances/${it.id}/metrics`) }} />
      </header>
      {error ? (
        <Failed error={error} what="The live figures" retry={again} />
      ) : !now ? (
        <Skeleton what="the live figures" lines={4} />
      ) : (
        <Suspense fallback={<Skeleton what="the charts" lines={4} />}>
          <div className="pad livegrid">
            <LiveLine label="CPU" unit="percent of one CPU" most={it.cpu_millicores / 10} samples={samples.cpu} longest={SPAN} text={(n) => `${Math.round(n)} %`} />
            <LiveLine label="Memory" unit="bytes" most={now.memory_limit || undefined} samples={samples.memory} longest={SPAN} text={(n) => bytes(Math.round(n))} />
            {now.gpus.map((gpu) => (
              <div key={gpu.index} className="gpupair">
                <LiveLine label={`GPU ${gpu.index} utilisation`} unit="percent" most={100} samples={samples.gpu(gpu.index)} longest={SPAN} simulated={gpu.simulated} text={(n) => `${Math.round(n)} %`} />
                <LiveLine label={`GPU ${gpu.index} memory`} unit="bytes" most={it.gpu_memory || undefined} samples={samples.gpuMemory(gpu.index)} longest={SPAN} simulated={gpu.simulated} text={(n) => bytes(Math.round(n))} />
              </div>
            ))}
          </div>
          {simulated && (
            <p className="pad simnote sec sm">
              Dashed lines are <Sim />: a model of a GPU at work, no measurement.
            </p>
          )}
        </Suspense>
      )}
    </section>
  );
}

function About({ it }: { it: Instance }) {
  return (
    <section className="card" aria-labelledby="about">
      <header>
        <h2 id="about" className="grow">
          What it is
        </h2>
      </header>
      <div className="pad">
        <dl className="kv wide">
          <dt>Command</dt>
          <dd>
            <code>{it.command.map(quote).join(' ')}</code>
          </dd>
          <dt>Shape</dt>
          <dd>
            {it.shape} {it.simulated && <Sim />}
          </dd>
          <dt>GPUs</dt>
          <dd>{gpus(it)}</dd>
          <dt>CPU and memory</dt>
          <dd>
            {cpus(it.cpu_millicores)}, {bytes(it.memory)}
          </dd>
          <dt>Node</dt>
          <dd>{it.node_name ?? <None />}</dd>
          <dt>Price</dt>
          <dd>
            {it.price ? `${rateAmount(it.price)} ${it.price.currency}/hour, by the second` : <None />}
          </dd>
          <dt>Project</dt>
          <dd className="path">{it.path}</dd>
          <dt>Launched by</dt>
          <dd>{it.created_by_name ?? <Id id={it.created_by} />}</dd>
        </dl>
      </div>
    </section>
  );
}

const STEPS = [
  ['requested', 'requested_at'],
  ['placed', 'placed_at'],
  ['starting', 'starting_at'],
  ['running', 'running_at'],
] as const;

function Steps({ it }: { it: Instance }) {
  const begun = new Date(it.requested_at).getTime();
  const after = (at: string) => duration(new Date(at).getTime() - begun);
  return (
    <section className="card" aria-labelledby="steps">
      <header>
        <h2 id="steps" className="grow">
          How it got here
        </h2>
        {it.running_at && <span className="mut sm">{after(it.running_at)} to running</span>}
      </header>
      <ol className="checks padded">
        {STEPS.map(([name, field]) => {
          const at = it[field];
          if (!at && over(it)) return null;
          return (
            <li key={name} className={at ? '' : 'plan'}>
              <Mark name={at ? 'k-ok' : 'k-plan'} className="m" />
              <span>
                {name}
                <span className="two">{at ? <Time at={at} /> : 'not yet'}</span>
              </span>
              <span className="v">{at ? `+${after(at)}` : ''}</span>
            </li>
          );
        })}
        {it.ended_at && (
          <li className={it.state === 'failed' ? 'bad' : ''}>
            <Mark name={it.state === 'failed' ? 'k-bad' : 'k-ok'} className="m" />
            <span>
              {it.state}
              <span className="two">
                <Time at={it.ended_at} />
                {exitText(it) && <>, {exitText(it)}</>}
              </span>
            </span>
            <span className="v">+{after(it.ended_at)}</span>
          </li>
        )}
      </ol>
      {it.state_reason && (
        <div className="pad why_">
          <Tag word="why">{it.state_reason}</Tag> {it.exit?.detail}
        </div>
      )}
    </section>
  );
}
