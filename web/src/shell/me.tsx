// Who I am: roles, theme, sign out.
import { Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api, ask, setCsrf } from '../api/client';
import { me } from '../api/queries';
import { firstName } from '../format/units';
import { Icon } from '../parts/basic';

/** Signs out; whoever signs in next comes to `to`. */
export function useSignOut() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return async (to?: string) => {
    await ask(api.DELETE('/v1/sign-in')).catch(() => undefined);
    setCsrf(undefined);
    await navigate({ to: '/sign-in', search: to ? { to } : {} });
    queries.clear();
  };
}

export function useFlipTheme() {
  const now = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const { setColorScheme } = useMantineColorScheme();
  return () => setColorScheme(now === 'dark' ? 'light' : 'dark');
}

export function ThemeButton() {
  const flip = useFlipTheme();
  return (
    <button className="iconbtn" type="button" onClick={flip} aria-label="Switch between light and dark">
      <Icon name="theme" />
    </button>
  );
}

export function MeMenu() {
  const who = useQuery(me()).data;
  const signOut = useSignOut();
  const { setColorScheme } = useMantineColorScheme();
  if (!who) return null;
  return (
    <Menu position="bottom-end" shadow="none" width={280} transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <button className="me" type="button" aria-label={`${who.name}, ${who.kind}: account menu`}>
          <span className="ava" aria-hidden="true">
            {firstName(who.name)}
          </span>
          <span className="n">{who.name}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown className="floats">
        <div className="whobox">
          <b className="strong">{who.name}</b> {who.mail && <span className="mut wrapany">{who.mail}</span>}
          {who.roles.map((held) => (
            <div className="sm sec" key={held.role + held.scope}>
              {held.role} at {held.scope_path || 'platform'}
            </div>
          ))}
        </div>
        <Menu.Divider />
        <Menu.Label>Theme</Menu.Label>
        <Menu.Item onClick={() => setColorScheme('auto')}>As the system has it</Menu.Item>
        <Menu.Item onClick={() => setColorScheme('light')}>Light</Menu.Item>
        <Menu.Item onClick={() => setColorScheme('dark')}>Dark</Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="out" />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
