// The terminal's frame: who, where, how long; the screen itself is loaded when it is first opened.
import { lazy, Suspense, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { me } from '../../api/queries';
import type { Instance } from '../../api/types';
import { curl } from '../../format/command';
import { exitText, over } from '../../format/instance';
import { Icon, State, Status, Time } from '../../parts/basic';
import { Cmd } from '../../parts/cmd';
import { ChangeError, Refused, Skeleton } from '../../parts/faces';
import { Id } from '../../parts/id';
import { ApiError } from '../../api/problem';
import { useInstance } from './frame';
import { useUrlText } from '../../parts/url-text';
import type { Into, LinkState } from './terminal-link';

const Screen = lazy(() => import('./terminal-screen').then((it) => ({ default: it.TerminalScreen })));

export function TerminalTab() {
  const it = useInstance();
  return (
    <>
      {it.state === 'running' ? <Session it={it} key={it.id} /> : <NotRunning it={it} />}
      <div className="two-up gapped">
        <Cmd
          title="The same from a command line"
          command={{ cli: `gpuaas terminal ${it.name}`, curl: curl(location.origin, 'POST', `/v1/instances/${it.id}/access-sessions`, { surface: 'terminal', rows: 32, cols: 120 }) }}
        />
        <div className="note-box">
          <div>
            <h3>When a session ends</h3>
            <p className="sec">
              The workload goes on, and so does the shell: the next session begins with what it showed. <code>exit</code> ends the shell, and the next session gets a fresh one. A revoked right cuts an open terminal, not only the next one. Who opened it, and when, are audit records.
            </p>
          </div>
        </div>
      </div>
    </>
  );
}

const INTO = [
  { value: 'shell', name: 'Shell', title: 'A shell in its sandbox, the same one for all who open it; it stays until it exits or the workload ends' },
  { value: 'own', name: 'Its own terminal', title: 'The terminal of its command: what you type goes to it, and what it showed is still there' },
] as const;

function Session({ it }: { it: Instance }) {
  const who = useQuery(me()).data;
  const [link, setLink] = useState<LinkState>({ state: 'opening' });
  const [full, setFull] = useState(false);
  const [round, setRound] = useState(0); // a new one opens a new session
  const [chosen, choose] = useUrlText('in');
  const into: Into = chosen === 'own' ? 'own' : 'shell';
  if (link.error instanceof ApiError && link.error.refused) return <Refused error={link.error} needs="access.session.create" scope={it.project} doing={`open a terminal in ${it.name}`} />;
  return (
    <section className={full ? 'term full' : 'term'} aria-label={`Terminal session on ${it.name}`} data-state={link.state} data-into={into} data-first-bytes-ms={link.firstBytesMs}>
      <dl className="sess">
        <div>
          <dt>Who</dt>
          <dd className="v">
            {who?.name} <span className="mut">({who?.kind === 'user' ? 'user' : 'service account'})</span>
          </dd>
        </div>
        <div>
          <dt>Where</dt>
          <dd className="v">
            {it.name} <span className="mut">on {it.node_name ?? 'its node'}</span>
          </dd>
        </div>
        <div>
          <dt>Into</dt>
          <dd className="v">
            <span className="seg" role="group" aria-label="Into">
              {INTO.map(({ name, value, title }) => (
                <button key={value} type="button" title={title} aria-pressed={into === value} onClick={() => choose(value)}>
                  {name}
                </button>
              ))}
            </span>
          </dd>
        </div>
        <div className="wide">
          <dt>Opened</dt>
          <dd>{link.openedAt ? <><Time at={link.openedAt} />; ends if {it.name} stops, or {who?.name} loses <code>access.session.open</code></> : <span className="mut">opening</span>}</dd>
        </div>
        <div className="act">
          {link.state === 'ended' ? (
            <button className="btn" type="button" onClick={() => setRound(round + 1)}>
              New session
            </button>
          ) : (
            <button className="btn danger" type="button" onClick={() => link.end?.()}>
              <Icon name="x" />
              End session
            </button>
          )}
        </div>
      </dl>
      <Suspense fallback={<div className="screen"><Skeleton what="the terminal" lines={3} /></div>}>
        <Screen key={`${round}${into}`} instance={it.id} into={into} simulated={it.simulated} onLink={setLink} />
      </Suspense>
      <Foot link={link} full={full} flip={() => setFull(!full)} />
    </section>
  );
}

function Foot({ link, full, flip }: { link: LinkState; full: boolean; flip: () => void }) {
  return (
    <div className="tfoot_">
      <span role="status">
        <Connection link={link} />
      </span>
      {link.session && (
        <span className="opt2">
          access session <Id id={link.session} />
        </span>
      )}
      {link.size && (
        <span>
          {link.size.cols} × {link.size.rows}, UTF-8
        </span>
      )}
      {link.echoMs !== undefined && <span className="opt2">echo {link.echoMs} ms</span>}
      {link.error ? <ChangeError error={link.error} /> : null}
      <span className="grow" />
      <span className="opt2">
        <kbd>Ctrl Shift Esc</kbd> frees the keyboard
      </span>
      <button className="iconbtn" type="button" aria-label={full ? 'Smaller' : 'Full screen'} aria-pressed={full} onClick={flip}>
        <Icon name="full" />
      </button>
    </div>
  );
}

function Connection({ link }: { link: LinkState }) {
  if (link.state === 'open') return <Status tone="ok" shape="s-run">connected</Status>;
  if (link.state === 'ended') return <Status tone="off" shape="s-stop">{link.ended ?? 'ended'}</Status>;
  if (link.state === 'lost') return <Status tone="wait" shape="s-wait">cut; again in {Math.ceil((link.againInMs ?? 0) / 1000)} s</Status>;
  return <Status tone="wait" shape="s-start">opening</Status>;
}

function NotRunning({ it }: { it: Instance }) {
  return (
    <section className="card">
      <div className="blank mid await">
        <State state={it.state} />
        <p className="sec">
          {over(it)
            ? `${it.name} does not run any more${it.state === 'stopped' ? '' : `: ${exitText(it) ?? it.state_reason ?? 'it ended'}`}. Its log and its lineage stay.`
            : it.state === 'stopping'
              ? 'It is being stopped; its terminals are closed.'
              : 'The terminal opens by itself as soon as it runs.'}
        </p>
        {over(it) && (
          <Link className="btn" to={'/instances/$instanceId/logs' as never} params={{ instanceId: it.id } as never}>
            Read its log
          </Link>
        )}
      </div>
    </section>
  );
}
