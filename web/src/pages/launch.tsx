// Launch: what to run, on which shape, at what price. Price and checks stand beside the form; the button carries the price.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent, type ReactNode } from 'react';
import { api, ask } from '../api/client';
import { balance, costs, instances, mayI, me, shapes } from '../api/queries';
import type { Scope, Shape } from '../api/types';
import { curl, quote, words } from '../format/command';
import { fixed, hoursLeft, rateAmount, roundAmount, toBig } from '../format/decimal';
import { local, utc } from '../format/time';
import { count, shapeText } from '../format/units';
import { Mark, Rate, Sim, Tag, Unit } from '../parts/basic';
import { Cmd } from '../parts/cmd';
import { ChangeError, Read } from '../parts/faces';
import { usePlace } from '../shell/current';
import { Crumbs, Head, useTitle } from '../shell/head';
import { useScopes, within } from '../shell/scopes';
import { problemsOf, suggestName, type LaunchForm } from './launch-form';

export function LaunchPage() {
  const { scope } = usePlace();
  const query = useQuery(shapes());
  useTitle('Launch instance', scope?.path);
  if (!scope) return null;
  return (
    <>
      <Crumbs trail={[{ name: 'Launch instance' }]} />
      <Head title="Launch instance" sub="A workload with GPUs of its own, metered by the second while it runs" />
      <Read query={query} what="The shapes" doing="see the shapes" scope={scope.id} lines={8}>
        {(data) => <Form shapes={data.rows} scope={scope} />}
      </Read>
    </>
  );
}

function Form({ shapes: list, scope }: { shapes: Shape[]; scope: Scope }) {
  const tree = useScopes();
  const projects = tree.all.filter((it) => it.kind === 'project' && within(it.path, scope.path));
  const taken = useQuery({ ...instances(scope), retry: false }).data?.rows.map((it) => it.name) ?? [];
  const [form, setForm] = useState<Omit<LaunchForm, 'name'> & { name?: string }>({
    project: projects[0]?.id ?? '', shape: (list.find((it) => it.free > 0) ?? list[0])?.name ?? '', command: "sh -c 'while :; do date; sleep 1; done'",
  });
  const name = form.name ?? suggestName(taken);
  const [tried, setTried] = useState(false);
  const set = (part: Partial<LaunchForm>) => setForm({ ...form, ...part });
  const project = tree.byId.get(form.project);
  const shape = list.find((it) => it.name === form.shape);
  const problems = problemsOf({ ...form, name }, taken);
  const launch = useLaunch(form.project);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!Object.keys(problems).length && !launch.isPending) launch.mutate({ name, shape: form.shape, command: words(form.command)! });
  };
  const shown = tried ? problems : {};
  return (
    <form className="cols wide" onSubmit={submit} noValidate>
      <div className="card">
        <div className="pad">
          <div className="two-up">
            <Field id="name" label="Name" help="Lower case, digits and hyphens; unique in the project" problem={shown.name}>
              <input className="in" id="name" value={name} autoComplete="off" spellCheck={false} aria-invalid={!!shown.name || undefined} aria-describedby="name-help" onChange={(event) => set({ name: event.target.value })} />
            </Field>
            <Field id="project" label="Project" help={project ? `Owns the instance; ${project.path.split('/')[0]} pays` : <>None here yet: <Link to={'/s/$scopeId/new' as never} params={{ scopeId: scope.id } as never}>create one</Link></>} problem={shown.project}>
              <select className="in" id="project" value={form.project} aria-invalid={!!shown.project || undefined} aria-describedby="project-help" onChange={(event) => set({ project: event.target.value })}>
                {projects.map((it) => (
                  <option key={it.id} value={it.id}>
                    {it.path}
                  </option>
                ))}
              </select>
            </Field>
          </div>
          <ShapeChoice list={list} chosen={form.shape} choose={(it) => set({ shape: it })} />
          <Field id="command" label="Command" help="As a shell splits it into words; nothing is expanded. Its output is the instance's log." problem={shown.command}>
            <textarea className="in" id="command" rows={2} spellCheck={false} value={form.command} aria-invalid={!!shown.command || undefined} aria-describedby="command-help" onChange={(event) => set({ command: event.target.value })} />
          </Field>
        </div>
      </div>
      <div className="stack">
        {shape && <Price shape={shape} scope={scope} pending={launch.isPending} problems={Object.keys(shown)} error={launch.error} />}
        {shape && project && <Checks shape={shape} project={project} />}
        {shape && project && <AsLaunch name={name} project={project} shape={shape} command={form.command} />}
      </div>
    </form>
  );
}

function useLaunch(project: string) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { name: string; shape: string; command: string[] }) => ask(api.POST('/v1/projects/{project}/instances', { params: { path: { project } }, body })),
    onSuccess: async (made) => {
      queries.setQueryData(['instance', made.id], made);
      void queries.invalidateQueries({ queryKey: ['instances'] });
      await navigate({ to: '/instances/$instanceId/terminal' as never, params: { instanceId: made.id } as never });
    },
  });
}

function Field({ id, label, help, problem, children }: { id: string; label: string; help: ReactNode; problem?: string; children: ReactNode }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
      {problem ? (
        <span className="err" id={`${id}-help`}>
          <Mark name="s-fail" />
          {problem}
        </span>
      ) : (
        <span className="help" id={`${id}-help`}>
          {help}
        </span>
      )}
    </div>
  );
}

function ShapeChoice({ list, chosen, choose }: { list: Shape[]; chosen: string; choose: (name: string) => void }) {
  return (
    <div className="field spaced" role="radiogroup" aria-labelledby="shape-label">
      <span className="lab" id="shape-label">
        Shape
      </span>
      <div className="choice">
        {list.map((it) => (
          <label key={it.name} className={it.name === chosen ? 'on' : undefined}>
            <input type="radio" name="shape" value={it.name} checked={it.name === chosen} onChange={() => choose(it.name)} />
            <span className="strong">{it.name}</span>
            <span className="sec">
              {shapeText(it)} {it.simulated && <Sim />}
            </span>
            <span className="num">
              <Rate money={it.price} />
            </span>
            <span className="num">{it.free > 0 ? `${it.free} free` : <span className="st wait"><Mark name="s-wait" />waits</span>}</span>
          </label>
        ))}
      </div>
    </div>
  );
}

function Price({ shape, scope, pending, problems, error }: { shape: Shape; scope: Scope; pending: boolean; problems: string[]; error: unknown }) {
  const { top, organization } = usePlace();
  const burn = useQuery({ ...costs(top ?? scope), retry: false }).data?.burn;
  const left = useQuery({ ...balance(organization?.id ?? ''), enabled: organization !== undefined, retry: false }).data?.prepaid;
  const price = toBig(shape.price);
  const currency = shape.price?.currency ?? '';
  const hours = left && burn ? hoursLeft(toBig(left), toBig(burn) + price) : undefined;
  const until = hours === undefined ? undefined : new Date(Date.now() + hours * 3_600_000);
  return (
    <section className="card" aria-labelledby="price">
      <header>
        <h2 id="price" className="grow">
          Price
        </h2>
        <span className="mut sm">{shape.sku}</span>
      </header>
      <div className="pad">
        <div className="stats bigfig">
          <div className="fig">
            {rateAmount(price)}
            <Unit>{currency}/hour</Unit>
          </div>
          <div className="note">
            by the second, {fixed(price / 3600n, 6)} {currency} each, from running to stop
          </div>
        </div>
        <dl className="kv figures">
          <dt>One day, if it runs on</dt>
          <dd>
            {roundAmount(price * 24n)} {currency}
          </dd>
          {burn && (
            <>
              <dt>Burn rate at {top?.name}, with it</dt>
              <dd>
                {rateAmount(toBig(burn) + price)} {currency}/hour
              </dd>
            </>
          )}
          {left && toBig(left) <= 0n && (
            <>
              <dt className="sum">Prepaid credit</dt>
              <dd className="sum">used up</dd>
            </>
          )}
          {left && toBig(left) > 0n && until && (
            <>
              <dt className="sum">Credit of {roundAmount(left)} {currency} then lasts until</dt>
              <dd className="sum">
                <time dateTime={until.toISOString()} title={utc(until)}>
                  {local(until, new Date()).replace(/:\d\d$/, (s) => (local(until, new Date()).length > 8 ? s : ''))}
                </time>
              </dd>
            </>
          )}
        </dl>
        <button className="btn primary launchbtn" type="submit" aria-disabled={pending} aria-describedby="launch-refusal">
          {pending ? 'Launching…' : `Launch for up to ${rateAmount(price)} ${currency}/hour`}
        </button>
        <div id="launch-refusal" className="under-btn">
          {problems.length > 0 && (
            <p className="err" role="alert">
              <Mark name="s-fail" />
              {count(problems.length, 'field')} {problems.length === 1 ? 'needs' : 'need'} a look: {problems.join(', ')}
            </p>
          )}
          <ChangeError error={error} />
        </div>
      </div>
    </section>
  );
}

function Checks({ shape, project }: { shape: Shape; project: Scope }) {
  const { organization } = usePlace();
  const left = useQuery({ ...balance(organization?.id ?? ''), enabled: organization !== undefined, retry: false }).data?.prepaid;
  const room = shape.free > 0;
  return (
    <section className="card" aria-labelledby="checks">
      <header>
        <h2 id="checks" className="grow">
          May it start?
        </h2>
        {room ? <Tag word="proved">room now</Tag> : <Tag word="pending">waits</Tag>}
      </header>
      <ol className="checks padded">
        <MayI project={project} />
        <Check state={room ? 'ok' : 'wait'} title="Placement" note={room ? 'a node has room now' : 'no node has room; it waits for one'} value={room ? `${shape.free} free` : 'waits'} />
        {left && <Check state={toBig(left) > 0n ? 'ok' : 'wait'} title="Credit" note={`prepaid at ${organization?.name}; no hold is taken yet`} value={`${roundAmount(left)} ${left.currency} left`} />}
        <Check state="plan" title="Quota" note="planned: nothing limits GPUs yet" value="not enforced" />
      </ol>
    </section>
  );
}

/** Asks who decides. Where even the asking is refused, the launch itself will tell. */
function MayI({ project }: { project: Scope }) {
  const who = useQuery(me()).data;
  const { data } = useQuery({ ...mayI(who?.principal ?? '', 'gpuaas.instance.create', project.id), enabled: who !== undefined, retry: false });
  const code = <code>gpuaas.instance.create</code>;
  if (!data) return <Check state="plan" title="Permission" note={<>{code} at {project.path}</>} value="at launch" />;
  const at = data.role ? `, as ${data.role}${data.path ? ` at ${data.path}` : ''}` : '';
  return <Check state={data.allowed ? 'ok' : 'bad'} title="Permission" note={<>{code}{data.allowed ? at : `: ${data.reason ?? 'no binding'}`}</>} value={data.allowed ? 'allow' : 'deny'} />;
}

function Check({ state, title, note, value }: { state: 'ok' | 'wait' | 'bad' | 'plan'; title: string; note: ReactNode; value: string }) {
  return (
    <li className={state}>
      <Mark name={`k-${state}`} className="m" />
      <span>
        {title}
        <span className="two">{note}</span>
      </span>
      <span className="v">{value}</span>
    </li>
  );
}

function AsLaunch({ name, project, shape, command }: { name: string; project: Scope; shape: Shape; command: string }) {
  const argv = words(command) ?? [command];
  const cli = `gpuaas instance create ${name} \\\n    --project ${project.path} \\\n    --shape ${shape.name} --wait \\\n    -- ${argv.map(quote).join(' ')}`;
  return <Cmd title="As command" command={{ cli, curl: curl(location.origin, 'POST', `/v1/projects/${project.id}/instances`, { name, shape: shape.name, command: argv }) }} />;
}
