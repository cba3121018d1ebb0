// The platform in one screen: who was allowed, what it used, what it cost, where the money went, and the proof. Each line
// is the API's; a new step is one more line there and none here.
import { useState, type ReactNode } from 'react';
import type { Lineage, LineageItem, LineageLine } from '../../api/types';
import { curl } from '../../format/command';
import { count } from '../../format/units';
import { Icon, Mark, Sim, Tag, Time, Unit } from '../../parts/basic';
import { Cmd } from '../../parts/cmd';
import { saveFile } from '../../parts/data-table';
import { Id } from '../../parts/id';
import { Prose } from '../../parts/prose';
import { amountOf, hiddenOf, inOneLine, itemText, KNOTS, leafOf, toldOf } from './lineage-words';

export function WholeLineage({ data, readAt, node }: { data: Lineage; readAt: number; node?: string }) {
  return (
    <div className="cols">
      <div className="stack">
        <Story data={data} />
      </div>
      <div className="stack">
        <OneLine data={data} readAt={readAt} />
        <TakeAway data={data} />
        {data.simulated && (
          <p className="simband">
            <span>
              <b>simulated</b>: the GPU of this instance is imitated by node {node ?? 'of this platform'}, which has no NVIDIA driver. Time, price and ledger are real.
            </span>
          </p>
        )}
      </div>
    </div>
  );
}

function Story({ data }: { data: Lineage }) {
  const [form, setForm] = useState<'Story' | 'JSON'>('Story');
  return (
    <section className="card" aria-labelledby="story">
      <header>
        <h2 id="story" className="grow">
          Who allowed it, what it used, where the money went
        </h2>
        <span className="seg" role="group" aria-label="Detail">
          {(['Story', 'JSON'] as const).map((name) => (
            <button key={name} type="button" aria-pressed={form === name} onClick={() => setForm(name)}>
              {name}
            </button>
          ))}
        </span>
      </header>
      {form === 'JSON' ? (
        <pre className="json" tabIndex={0}>
          {JSON.stringify(data, null, 2)}
        </pre>
      ) : (
        <ol className="lin" aria-label={`Lineage of ${data.resource.name}, from authority to proof`}>
          {data.lines.map((line, i) => (
            <Line key={`${line.step}${line.id ?? i}`} path={data.resource.path} line={line} repeats={data.lines[i - 1]?.step === line.step} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Line({ line, repeats, path }: { line: LineageLine; repeats: boolean; path: string }) {
  const knot = KNOTS[line.state] ?? KNOTS.planned!;
  const amount = amountOf(line.amount);
  const told = toldOf(line);
  return (
    <li className={knot.line}>
      <span className={`knot ${knot.tone}`}>
        <Mark name={knot.shape} />
      </span>
      <div className="what">{repeats ? '' : line.step[0]!.toUpperCase() + line.step.slice(1)}</div>
      <div className={amount ? 'body' : 'body noamt'}>
        {line.state !== 'hidden' && (
          <div className="say">
            <Prose text={told.say} /> {line.simulated && <Sim />}
          </div>
        )}
        <From more={told.more} item={line.items.length === 1 ? line.items[0]! : line} />
      </div>
      <div className="amt">
        {amount && (
          <>
            {amount.figure}
            <Unit>{amount.unit}</Unit>
          </>
        )}
      </div>
      <div className="pf">
        <Tag word={line.state}>{line.state === 'planned' ? 'not yet' : line.state}</Tag>
      </div>
      {(line.state === 'hidden' || line.hidden) && <Hidden line={line} />}
      {line.step === 'audit' ? <Leaves items={line.items} /> : <Items items={told.items} path={path} />}
    </li>
  );
}

type Told = Pick<LineageLine, 'id' | 'at' | 'from'>;
function From({ item, more }: { item: Told; more: string }) {
  const parts: ReactNode[] = [];
  if (more) parts.push(<span key="more"><Prose plain text={more} /></span>);
  if (item.from) parts.push(<span className="via" key="from"><Prose plain text={item.from} /></span>);
  if (item.id && !more.includes(item.id)) parts.push(<span key="id"><Id id={item.id} /></span>);
  if (item.at) parts.push(<span key="at"><Time at={item.at} /></span>);
  return parts.length ? <div className="from">{parts}</div> : null;
}

function Hidden({ line }: { line: LineageLine }) {
  const { permission, scope, text } = hiddenOf(line);
  return (
    <div className="hid">
      <Icon name="eye" />
      <span>
        {line.text && line.state === 'hidden' ? `${line.text} ` : ''}
        <span className="redact" role="img" aria-label="hidden" />
      </span>
      <span>
        <b>hidden:</b> {permission ? <>needs <code>{permission}</code>{scope && <> at <code>{scope}</code></>}</> : text}
      </span>
    </div>
  );
}

const SHOWN = 3;
function Items({ items, path }: { items: LineageItem[]; path: string }) {
  const [all, setAll] = useState(false);
  if (!items.length) return null;
  const shown = all ? items : items.slice(-SHOWN);
  return (
    <ul className="subl">
      {shown.length < items.length && (
        <li>
          <button className="btn small quiet" type="button" onClick={() => setAll(true)}>
            Show {count(items.length - shown.length, 'earlier line')}
          </button>
        </li>
      )}
      {shown.map((item, i) => {
        const amount = amountOf(item.amount);
        const pending = item.pending ?? false;
        return (
          <li key={item.id ?? i} className={pending ? 'pending' : undefined}>
            <span>
              {item.id && <Id id={item.id} />} <Prose plain text={itemText(item, path)} /> {item.from && <span className="mut via"><Prose plain text={item.from} /></span>} {item.at && !item.text.includes(item.at) && <span className="mut"><Time at={item.at} /></span>}
            </span>
            <span className="am">{amount && `${amount.figure} ${amount.unit}`}</span>
            {pending && <span className="pfm"><Tag word="pending" /></span>}
          </li>
        );
      })}
    </ul>
  );
}

/** Audit records as leaves: the last of them, each with what was done. */
function Leaves({ items }: { items: LineageItem[] }) {
  if (!items.length) return null;
  return (
    <ol className="leafs" aria-label="Audit records">
      {items.slice(-7).map((item, i) => {
        const { leaf, type, verb } = leafOf(item.text);
        return (
          <li key={item.id ?? i} title={item.text}>
            <b>{leaf || (item.at ? <Time at={item.at} /> : i + 1)}</b>
            <span>
              {type}
              <i>{verb}</i>
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function OneLine({ data, readAt }: { data: Lineage; readAt: number }) {
  const pending = data.lines.filter((line) => line.state === 'pending').length;
  const hidden = data.lines.filter((line) => line.state === 'hidden' || line.hidden).length;
  const planned = data.lines.filter((line) => line.state === 'planned').length;
  const stands = data.lines.filter((line) => line.state === 'proved' || line.state === 'posted').length;
  return (
    <section className="card">
      <header>
        <h2 className="grow">In one line</h2>
        <Tag word={data.settled ? 'settled' : 'pending'} />
      </header>
      <div className="pad">
        <p>
          <Prose text={inOneLine(data)} />
        </p>
        <dl className="kv gap">
          <dt>Settled</dt>
          <dd>{data.settled ? 'yes: nothing is pending' : `no: ${pending ? `${count(pending, 'line')} ${pending === 1 ? 'is' : 'are'} pending` : 'usage is still to come'}`}</dd>
          <dt>Stand</dt>
          <dd>
            {stands} of {count(data.lines.length, 'line')}
          </dd>
          {planned > 0 && (
            <>
              <dt>Not built yet</dt>
              <dd>{count(planned, 'line')}</dd>
            </>
          )}
          <dt>Hidden from you</dt>
          <dd>{hidden ? count(hidden, 'line') : 'none'}</dd>
          <dt>As of</dt>
          <dd>
            <Time at={readAt} />
          </dd>
        </dl>
      </div>
    </section>
  );
}

function TakeAway({ data }: { data: Lineage }) {
  const { name, id } = data.resource;
  return (
    <section className="card">
      <header>
        <h2 className="grow">Take it with you</h2>
      </header>
      <div className="pad stack close">
        <p className="sec">The same lines, from a shell or as a file. Every id in them answers to the API.</p>
        <Cmd title="As command" command={{ cli: `gpuaas lineage ${name}`, curl: curl(location.origin, 'GET', `/v1/resources/${id}/lineage`) }} />
        <button className="btn" type="button" onClick={() => saveFile(`${name}-lineage.json`, JSON.stringify(data, null, 2), 'application/json')}>
          <Icon name="down" />
          Download lineage
        </button>
      </div>
    </section>
  );
}
