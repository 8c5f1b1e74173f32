import type { Dice } from '../../test/oracle/dice.ts';
import * as names from './names.ts';

export interface RandomRequest {
  readonly url: string;
  readonly method: string;
  readonly accept: string;
  readonly as?: string;
  readonly tokenAudience?: string;
}

/** A request to one of the hosts that `randomCloud` serves, and to a few that nobody serves. */
export function randomRequest(dice: Dice, regions: readonly string[]): RandomRequest {
  const host = dice.chance(0.8)
    ? dice.pick(names.hosts)
    : dice.chance(0.9)
      ? `${dice.pick(names.services)}-${names.number}.${dice.pick(regions)}.run.app`
      : 'nobody.example.net';
  const isRun = host.endsWith('.run.app');
  const scheme = !isRun && dice.chance(0.06) ? 'http' : 'https';
  const path = isRun && dice.chance(0.12) ? '/healthz' : dice.pick(names.paths);
  const method = dice.pick(['GET', 'GET', 'GET', 'GET', 'POST', 'POST', 'HEAD', 'OPTIONS']);
  const accept = dice.pick(['text/html,*/*', 'text/html,*/*', '*/*', 'application/json']);
  const who = dice.chance(0.12) ? undefined : dice.pick(names.callers);
  const isRobot = who?.startsWith('serviceAccount:') ?? false;
  const hasToken = who !== undefined && dice.chance(isRobot ? 0.9 : 0.15);
  return {
    url: `${scheme}://${host}${path}`,
    method,
    accept,
    ...(who === undefined ? {} : { as: who }),
    ...(hasToken ? { tokenAudience: dice.pick(audiences(host, path)) } : {}),
  };
}

function audiences(host: string, path: string): readonly string[] {
  const [region = ''] = names.regions;
  const own = host.endsWith('.run.app') ? [`https://${host}`, `https://${host}/`] : [];
  const url = `https://${names.services[0]}-${names.number}.${region}.run.app`;
  return [
    ...[
      names.clientId,
      names.clientId,
      names.clientId,
      names.programClient,
      names.settingsClient,
      names.settingsClient,
    ],
    ...[
      names.customAudience,
      names.customAudience,
      names.customAudience,
      url,
      `https://${host}${path}`,
      'https://x.example',
      ...own,
      ...own,
    ],
  ];
}
