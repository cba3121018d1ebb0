// An instance that its own routes know no more: what stays of it is its lineage, to which links of the bill still lead.
import { useQuery } from '@tanstack/react-query';
import { lineage } from '../../api/queries';
import type { Lineage } from '../../api/types';
import { Sim } from '../../parts/basic';
import { Read } from '../../parts/faces';
import { Id } from '../../parts/id';
import { Head, useTitle } from '../../shell/head';
import { WholeLineage } from './whole-lineage';

/** Without crumbs of its own: they ask for the instance whenever they appear, and the frame has them. */
export function Deleted({ id }: { id: string }) {
  const query = useQuery(lineage(id));
  return (
    <Read query={query} what="The instance" doing="see this instance" needs="lineage.resource.read" lines={7}>
      {(data) => <Remains data={data} readAt={query.dataUpdatedAt} />}
    </Read>
  );
}

function Remains({ data, readAt }: { data: Lineage; readAt: number }) {
  const { id, name, path } = data.resource;
  useTitle('Lineage', name);
  return (
    <>
      <Head
        title={
          <>
            {name} {data.simulated && <Sim />}
          </>
        }
        sub={
          <>
            <Id id={id} whole /> · {path} · was deleted; its usage, charges, transfers and audit records stay
          </>
        }
      />
      <WholeLineage data={data} readAt={readAt} />
    </>
  );
}
