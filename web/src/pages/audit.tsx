// Every change and every denial at a scope, in the log's one order.
import { useQuery } from '@tanstack/react-query';
import { auditRecords } from '../api/queries';
import type { AuditRecord } from '../api/types';
import { curl } from '../format/command';
import { None, Status, Time } from '../parts/basic';
import { AsCommand } from '../parts/cmd';
import { DataTable, type Column } from '../parts/data-table';
import { Read } from '../parts/faces';
import { Id } from '../parts/id';
import { usePlace } from '../shell/current';
import { Crumbs, Head, useTitle } from '../shell/head';

export function AuditPage() {
  const { scope } = usePlace();
  const query = useQuery({ ...auditRecords(scope ?? { id: '', kind: 'project' }), enabled: scope !== undefined });
  useTitle('Audit', scope?.path);
  if (!scope) return null;
  const plural = `${scope.kind}s`;
  return (
    <>
      <Crumbs trail={[{ name: 'Audit' }]} />
      <Head
        title={`Audit of ${scope.name}`}
        sub="Every change and every denial, in the one order of the log; nothing here can be edited"
        actions={<AsCommand command={{ cli: `gpuaas audit list --at ${scope.path}`, curl: curl(location.origin, 'GET', `/v1/${plural}/${scope.id}/audit-records`) }} />}
      />
      <Read query={query} what="The records" doing={`read the audit records of ${scope.path}`} scope={scope.id} needs="log.record.list" lines={8}>
        {(data) => (
          <DataTable label="audit records" one="record" slim columns={auditColumns(true)} rows={data.rows} more={data.more} rowKey={(record) => record.id} sort={{ id: 'index', desc: true }}
            placeholder="Filter: action:instance outcome:ok" urlKey="q" empty={<EmptyAudit />} />
        )}
      </Read>
    </>
  );
}

export const EmptyAudit = () => (
  <div className="blank">
    <h3>No records yet</h3>
    <p className="sec">Each change writes its record in the same transaction, and each denial one of its own.</p>
  </div>
);

export function auditColumns(withScope: boolean): Column<AuditRecord>[] {
  return [
    { id: 'index', title: 'Leaf', text: (it) => it.index, cell: (it) => it.index },
    { id: 'at', title: 'When', text: (it) => it.at, cell: (it) => <Time at={it.at} /> },
    { id: 'action', title: 'Action', first: true, text: (it) => it.action, cell: (it) => <code>{it.action}</code> },
    {
      id: 'outcome', title: 'Outcome', choices: true, text: (it) => it.outcome,
      cell: (it) => (it.outcome === 'ok' ? <Status tone="ok" shape="s-check">ok</Status> : <Status tone="bad" shape="s-no">{it.outcome}</Status>),
    },
    { id: 'by', title: 'Who', text: (it) => it.principal_name ?? it.principal ?? '', cell: (it) => it.principal_name ?? (it.principal ? <Id id={it.principal} /> : <None />) },
    ...(withScope
      ? [
          { id: 'resource', title: 'Resource', narrow: true, text: (it: AuditRecord) => it.resource ?? '', cell: (it: AuditRecord) => (it.resource ? <Id id={it.resource} /> : <None />) },
          { id: 'scope', title: 'At', narrow: true, text: (it: AuditRecord) => it.scope_path ?? it.scope, cell: (it: AuditRecord) => <span className="path">{it.scope_path ?? it.scope}</span> },
        ]
      : []),
    { id: 'record', title: 'Record', narrow: true, text: (it) => it.id, cell: (it) => <Id id={it.id} /> },
  ];
}
