// The lineage of an instance that is there.
import { useQuery } from '@tanstack/react-query';
import { lineage } from '../../api/queries';
import { Read } from '../../parts/faces';
import { useInstance } from './frame';
import { WholeLineage } from './whole-lineage';

export function LineageTab() {
  const it = useInstance();
  const query = useQuery({ ...lineage(it.id), refetchInterval: ({ state }) => (state.data?.settled === false ? 5000 : false) });
  return (
    <Read query={query} what="The lineage" doing={`see the lineage of ${it.name}`} scope={it.project} needs="lineage.resource.read" lines={7}>
      {(data) => <WholeLineage data={data} readAt={query.dataUpdatedAt} node={it.node_name} />}
    </Read>
  );
}
