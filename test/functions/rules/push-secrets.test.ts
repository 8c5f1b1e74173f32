import assert from 'node:assert/strict';
import { parseSettings } from '../../../functions/config.ts';
import { evaluate } from '../../../functions/core/evaluate.ts';
import { pushEstate, subscription } from './push-rules-estate.ts';

/** Google's own guide had the endpoint carry a token in its query; a login may stand in it as well. */
const endpoint = "https://bob:hunter2@shop.acme.example/hook?token=hunter2&x='";
const estates = {
  'push-unauthenticated': pushEstate({ ...subscription({ endpoint }), oidc: undefined } as never),
  'push-audience-mismatch': pushEstate(subscription({ endpoint, oidc: { serviceAccount: 'a@b.iam' } })),
  'push-caller-not-admitted': pushEstate(subscription({ endpoint, oidc: { serviceAccount: 'a@b.iam' } })),
};

describe('a secret in an endpoint', () => {
  for (const [rule, estate] of Object.entries(estates)) {
    it(`is in nothing that ${rule} says`, () => {
      const { findings } = evaluate(estate, { settings: parseSettings({ capabilities: ['set-push-audience'] }) });
      const found = findings.find((one) => one.rule === rule);
      assert.ok(found);
      assert.ok(!JSON.stringify(found).includes('hunter2'), JSON.stringify(found, null, 1));
    });
  }

  it('is looked up by the command that must repeat it, so that nothing of it is lost', () => {
    const { findings } = evaluate(estates['push-audience-mismatch'], { settings: parseSettings({}) });
    const [command] = findings.find(({ rule }) => rule === 'push-audience-mismatch')?.fix.gcloud ?? [];
    const asked = `"$(gcloud pubsub subscriptions describe orders --project=acme-prod --format='value(pushConfig.pushEndpoint)')"`;
    assert.ok(command?.includes(` --push-endpoint=${asked} `), command);
  });

  it('an endpoint without one is shown as it is', () => {
    const plain = pushEstate(
      subscription({ endpoint: 'https://shop.acme.example', oidc: { serviceAccount: 'a@b.iam' } }),
    );
    const { findings } = evaluate(plain, { settings: parseSettings({}) });
    const found = findings.find(({ rule }) => rule === 'push-audience-mismatch');
    assert.equal(found?.subject, 'https://shop.acme.example');
    assert.match(found?.fix.gcloud[0] ?? '', / --push-endpoint=https:\/\/shop\.acme\.example /);
  });
});
