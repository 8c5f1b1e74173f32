import assert from 'node:assert/strict';
import { urlMaskTarget } from '../../../functions/rules/url-mask-target.ts';
import { backend, inventory, neg, service } from '../../support/estate.ts';
import { describeRule, findingsOf } from '../../support/rule-table.ts';

const shop = service();
const urlMask = '<service>.acme.example';
const mask = neg(shop, { target: { kind: 'run-url-mask', urlMask } });
const functionMask = neg(shop, { target: { kind: 'function-url-mask', urlMask: '/<function>' } });
const estate = (one: typeof mask, over = {}) => inventory({ negs: [one], backends: [backend([one], over)] });

describeRule(urlMaskTarget, {
  complies: [
    { title: 'the NEG names its service', estate: inventory({}) },
    { title: 'the backend has no IAP', estate: estate(mask, { iapEnabled: false }) },
    { title: 'no backend names the NEG', estate: inventory({ negs: [mask], backends: [] }) },
    {
      title: 'urlMask: labelled says which services are meant',
      estate: estate(mask),
      settings: { urlMask: 'labelled' },
    },
  ],
  violates: [
    {
      title: 'a URL mask for Cloud Run',
      estate: estate(mask),
      findings: [[mask.name, urlMask, 'low', 'observe']],
    },
    {
      title: 'a URL mask for functions',
      estate: estate(functionMask),
      findings: [[mask.name, '/<function>', 'low', 'observe']],
    },
  ],
});

describe('url-mask-target', () => {
  it('is one finding a NEG, whatever the number of backends', () => {
    const second = backend([mask], { name: backend([]).name.replace('shop-backend', 'a') });
    const { findings } = findingsOf(urlMaskTarget, {
      estate: inventory({ negs: [mask], backends: [backend([mask]), second] }),
    });
    assert.deepEqual(
      findings.map(({ via }) => via),
      [[`${second.name} > ${mask.name}`, `${backend([]).name} > ${mask.name}`]],
    );
  });
});
