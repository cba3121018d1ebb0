// What this instance cost, charge by charge, and the transfers that paid for it.
import { useQuery } from '@tanstack/react-query';
import { charges, transfers } from '../../api/queries';
import { curl } from '../../format/command';
import { AsCommand } from '../../parts/cmd';
import { Read } from '../../parts/faces';
import { usePlace } from '../../shell/current';
import { Charges, Transfers } from '../money-tables';
import { useInstance } from './frame';

export function CostTab() {
  const it = useInstance();
  const { organization } = usePlace();
  const rated = useQuery(charges({ id: it.project, kind: 'project' }, it.id));
  const moved = useQuery({ ...transfers(organization?.id ?? '', it.id), enabled: organization !== undefined, retry: false });
  return (
    <div className="stack">
      <Read query={rated} what="The charges" doing={`read the charges of ${it.name}`} scope={it.project} needs="billing.charge.list">
        {(data) => (
          <Charges one rows={data.rows} more={data.more}
            actions={<AsCommand small command={{ cli: `gpuaas charge list --resource ${it.name}`, curl: curl(location.origin, 'GET', `/v1/projects/${it.project}/charges?resource=${it.id}`) }} />} />
        )}
      </Read>
      {moved.data && organization && (
        <Transfers rows={moved.data.rows} more={moved.data.more}
          actions={<AsCommand small command={{ cli: `gpuaas transfer list --resource ${it.name}`, curl: curl(location.origin, 'GET', `/v1/organizations/${organization.id}/transfers?resource=${it.id}`) }} />} />
      )}
    </div>
  );
}
