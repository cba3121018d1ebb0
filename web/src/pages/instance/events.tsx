// What happened to the instance: its audit records, newest first, live.
import { useQuery } from '@tanstack/react-query';
import { auditRecords } from '../../api/queries';
import { curl } from '../../format/command';
import { AsCommand } from '../../parts/cmd';
import { DataTable } from '../../parts/data-table';
import { Read } from '../../parts/faces';
import { auditColumns, EmptyAudit } from '../audit';
import { useInstance } from './frame';

export function EventsTab() {
  const it = useInstance();
  const project = { id: it.project, kind: 'project' as const };
  const query = useQuery(auditRecords(project, it.id));
  return (
    <Read query={query} what="The events" doing={`see the events of ${it.name}`} scope={it.project} needs="log.record.list">
      {(data) => (
        <DataTable
          label="events" one="event" slim columns={auditColumns(false)} rows={data.rows} more={data.more} rowKey={(record) => record.id} sort={{ id: 'index', desc: true }}
          empty={<EmptyAudit />} urlKey="q"
          actions={<AsCommand small command={{ cli: `gpuaas audit list --resource ${it.name}`, curl: curl(location.origin, 'GET', `/v1/projects/${it.project}/audit-records?resource=${it.id}`) }} />}
        />
      )}
    </Read>
  );
}
