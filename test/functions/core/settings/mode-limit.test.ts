import assert from 'node:assert/strict';
import { parseSettings } from '../../../../functions/config.ts';
import { modeLimit } from '../../../../functions/core/settings/mode-limit.ts';
import { inventory, service } from '../../../support/estate.ts';

const folder = '//cloudresourcemanager.googleapis.com/folders/42';
const shop = service('europe-west1', { labels: { env: 'prod' } });
const estate = inventory({ services: [shop], projects: [{ name: 'acme-prod', number: '1', ancestors: [folder] }] });
const limit = (settings: unknown) => modeLimit('iap-invoker-missing', shop.name, estate, parseSettings(settings));

describe('mode limits', () => {
  const cases: readonly (readonly [string, unknown, string | undefined])[] = [
    ['nothing is said', {}, undefined],
    ['the rule', { modes: { 'iap-invoker-missing': 'approve' } }, 'approve'],
    ['the rule wins over *', { modes: { '*': 'observe', 'iap-invoker-missing': 'approve' } }, 'approve'],
    ['another rule', { modes: { 'public-invoker': 'observe' } }, undefined],
    ['a project pattern', { scopes: [{ projects: ['acme-*'], modes: { '*': 'approve' } }] }, 'approve'],
    ['another project', { scopes: [{ projects: ['other'], modes: { '*': 'approve' } }] }, undefined],
    ['a folder above', { scopes: [{ folders: ['42'], modes: { '*': 'observe' } }] }, 'observe'],
    ['a label of the service', { scopes: [{ labels: { env: 'prod' }, modes: { '*': 'approve' } }] }, 'approve'],
    ['a label it does not have', { scopes: [{ labels: { env: 'dev' }, modes: { '*': 'approve' } }] }, undefined],
    [
      'all parts must match',
      { scopes: [{ folders: ['42'], labels: { env: 'dev' }, modes: { '*': 'observe' } }] },
      undefined,
    ],
    [
      'the last scope that says something decides',
      {
        modes: { '*': 'observe' },
        scopes: [
          { folders: ['42'], modes: { '*': 'approve' } },
          { labels: { env: 'prod' }, modes: { '*': 'enforce' } },
          { projects: ['*'], modes: {} },
        ],
      },
      'enforce',
    ],
  ];
  for (const [title, settings, expected] of cases) it(title, () => assert.equal(limit(settings), expected));
});
