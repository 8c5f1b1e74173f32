import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { readExport } from '../../../functions/adapters/export-reader/read-export.ts';
import { parseSettings } from '../../../functions/config.ts';
import { evaluate } from '../../../functions/core/evaluate.ts';
import { explainPush } from '../../../functions/core/explain/explain-push.ts';
import { explainRequest, type RequestExplanation } from '../../../functions/core/explain/explain-request.ts';
import { parseRequest } from '../../../functions/core/explain/request.ts';
import { renderRequests } from '../../../functions/reports/explain-table.ts';

const readEstate = (name: string) =>
  readExport([fileURLToPath(new URL(`../../fixtures/scan/${name}`, import.meta.url))]);

describe('the table of a request', () => {
  it('shows, of an export, hops once, then each region with its answer, and the command', async () => {
    const inventory = await readEstate('regional-audiences');
    const push = inventory.subscriptions?.find(({ name }) => name.endsWith('/a-number'));
    assert.ok(push);
    const text = renderRequests([explainPush(push, inventory, { findings: [] })]);
    assert.equal(text.match(/URL map +pass/g)?.length, 1, text);
    assert.match(text, /^POST https:/m);
    assert.match(text, /\n {2}europe-west1\n[\s\S]*\n {2}us-central1\n/);
    assert.match(text, /gets 401 of Cloud Run: “Your client does not have permission to the requested URL/);
    assert.match(text, /Not read: deny policies/);
  });

  it('names all commands of the first shut door, where one alone does not open it', async () => {
    const inventory = await readEstate('regional-audiences');
    const { findings } = evaluate(inventory, { settings: parseSettings({}) });
    const push = inventory.subscriptions?.find(({ name }) => name.endsWith('/a-number'));
    assert.ok(push);
    const text = renderRequests([explainPush(push, inventory, { findings })]);
    const last = text.slice(text.indexOf('that open the first shut door'));
    assert.match(last, /^that open the first shut door, in this order:\n {4}gcloud run services update/);
    assert.match(last, /\n {4}gcloud pubsub subscriptions update a-number/);
  });

  it('calls unknown what an export lacks, and never shows it as passed', async () => {
    const inventory = await readEstate('push-no-balancers');
    const asked = parseRequest({ url: 'https://shop.example.com/', as: 'user:ann@example.com' });
    const text = renderRequests([explainRequest(asked, inventory)]);
    assert.match(text, /\? host +unknown/);
    assert.match(text, /\? The answer is not known\./);
    assert.equal(text.includes('✔'), false);
  });

  it('escapes what others have written', () => {
    const bad = 'evil\u001b[2J';
    const hop = { hop: 'host', state: 'fail', why: bad, read: [], who: [bad], commands: [`gcloud ${bad}`] } as const;
    const explained: RequestExplanation = {
      request: {
        url: `https://x.example/${bad}`,
        scheme: 'https',
        host: 'x',
        path: '/',
        method: bad,
        accept: '',
        as: bad,
        credential: 'none',
      },
      isServed: true,
      servedHosts: [],
      regions: [],
      hops: [hop],
      ways: [{ region: bad, hops: [hop], outcome: { known: false, why: bad } }],
      verdict: 'fails',
      theOne: bad,
      advice: [bad],
      notRead: [bad],
    };
    assert.equal(renderRequests([explained]).includes('\u001b'), false);
  });
});
