import assert from 'node:assert/strict';
import { parseSettings } from '../../../../functions/config.ts';
import { pickChannel } from '../../../../functions/core/tell/pick-channel.ts';

const { slack } = parseSettings({
  slack: {
    channel: 'C0ALL',
    routes: [
      { severities: ['critical'], channel: 'C0PAGE' },
      { projects: ['shop-*'], severities: ['high', 'medium'], channel: 'C0SHOP' },
      { projects: ['shop-prod'], channel: 'C0PROD' },
    ],
  },
});

describe('the channel of a message', () => {
  for (const [severity, project, channel] of [
    ['critical', 'shop-prod', 'C0PAGE'],
    ['high', 'shop-prod', 'C0SHOP'],
    ['low', 'shop-prod', 'C0PROD'],
    ['low', 'shop-test', 'C0ALL'],
    ['high', 'my-shop-x', 'C0ALL'],
  ] as const) {
    it(`is that of the first route that matches: ${severity} in ${project} goes to ${channel}`, () => {
      assert.equal(pickChannel(slack, { severity, project }), channel);
    });
  }

  it('is none without settings of Slack', () => {
    assert.equal(pickChannel(undefined, { severity: 'critical', project: 'shop-prod' }), undefined);
  });
});
