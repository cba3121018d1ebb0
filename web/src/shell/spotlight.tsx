// What the palette offers: sections of the scope, instances, scopes, launch, theme, sign out.
import '@mantine/core/styles/Overlay.css';
import '@mantine/core/styles/ModalBase.css';
import '@mantine/core/styles/Modal.css';
import '@mantine/core/styles/ScrollArea.css';
import '@mantine/core/styles/Input.css';
import '@mantine/core/styles/CloseButton.css';
import '@mantine/spotlight/styles.css';
import { createSpotlight, Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { instances } from '../api/queries';
import { Icon, State } from '../parts/basic';
import { usePlace } from './current';
import { useFlipTheme, useSignOut } from './me';
import { scopePages } from './page-names';
import { useScopes } from './scopes';
import { scopeIcon } from './side';

const [store, control] = createSpotlight();

export function SpotlightList({ asked }: { asked: number }) {
  const tree = useScopes();
  const { scope, top } = usePlace();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const flip = useFlipTheme();
  const { data } = useQuery({ ...instances(top ?? { id: '', kind: 'project' }), enabled: top !== undefined });
  useEffect(() => control.open(), [asked]);

  const go = (to: string) => () => void navigate({ to: to as never });
  const actions: SpotlightActionData[] = scope
    ? [
        ...scopePages.map((line) => ({
          id: `page-${line.path}`,
          label: line.title,
          description: `in ${scope.path}`,
          leftSection: <Icon name={line.section?.icon ?? 'plus'} />,
          onClick: go(`/s/${scope.id}/${line.path}`),
        })),
        { id: 'theme', label: 'Switch between light and dark', leftSection: <Icon name="theme" />, onClick: flip },
        { id: 'out', label: 'Sign out', leftSection: <Icon name="out" />, onClick: () => void signOut() },
      ]
    : [];
  const groups: SpotlightActionGroupData[] = [
    { group: 'Here', actions },
    {
      group: 'Instances',
      actions: (data?.rows ?? []).map((it) => ({
        id: it.id,
        label: it.name,
        description: `${it.path}, ${it.shape}`,
        keywords: [it.id, it.state],
        leftSection: <Icon name="gpu" />,
        rightSection: <State state={it.state} />,
        onClick: go(`/instances/${it.id}/lineage`),
      })),
    },
    {
      group: 'Scopes',
      actions: tree.all.map((it) => ({
        id: it.id,
        label: it.path,
        description: it.kind,
        keywords: [it.id],
        leftSection: <Icon name={scopeIcon(it)} />,
        onClick: go(`/s/${it.id}/instances`),
      })),
    },
  ];
  return (
    <Spotlight
      store={store}
      actions={groups}
      shortcut={null}
      lockScroll={false} // it works by a style element that has no nonce
      nothingFound="Nothing is called that"
      highlightQuery
      limit={12}
      scrollable
      maxHeight={420}
      transitionProps={{ duration: 0 }}
      searchProps={{ placeholder: 'An instance, a scope, an id, or what to do', leftSection: <Icon name="search" /> }}
    />
  );
}
