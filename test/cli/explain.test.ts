import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const estate = (name: string) => fileURLToPath(new URL(`../fixtures/scan/${name}`, import.meta.url));

function explain(name: string, ...args: readonly string[]) {
  const { SALLYPORT_SETTINGS: _, SALLYPORT_SANDBOX_URL: __, ...env } = process.env;
  const argv = [main, 'explain', ...args, '--export', estate(name)];
  return spawnSync(process.execPath, argv, { cwd: tmpdir(), encoding: 'utf8', env: { ...env, NO_COLOR: '1' } });
}

describe('sallyport explain', function () {
  this.timeout(60_000);

  it('follows a URL of an export, and ends with 1 where a region refuses', () => {
    const args = [
      'https://both.shop.example/h',
      '--as',
      'serviceAccount:x@y.iam.gserviceaccount.com',
      '--token-audience',
      'https://z.example',
    ];
    const { status, stdout, stderr } = explain('regional-audiences', ...args, '--method', 'post', '--format', 'json');
    assert.equal(status, 1, stderr);
    const { schema, requests } = JSON.parse(stdout);
    assert.equal(schema, 'sallyport.explain/v1');
    assert.deepEqual([requests[0].request.method, requests[0].verdict], ['POST', 'fails']);
    assert.deepEqual(
      requests[0].ways.map(
        ({ region, outcome }: { region: string; outcome: { status: number } }) => `${region} ${outcome.status}`,
      ),
      ['europe-west1 401', 'us-central1 401'],
    );
  });

  it('takes a subscription by its short name, and one region of it', () => {
    const { status, stdout } = explain('regional-audiences', 'a-number', '--region', 'europe-west1');
    assert.equal(status, 1);
    assert.match(stdout, / {2}europe-west1\n/);
    assert.doesNotMatch(stdout, /\n {2}us-central1\n/);
  });

  it('ends with 3 where nobody can tell', () => {
    const { status, stdout } = explain('push-no-balancers', 'shop.example.com');
    assert.equal(status, 3);
    assert.match(stdout, /The answer is not known/);
  });

  const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      'a host that nobody serves, with those that are like it',
      ['https://boht.shop.example/'],
      /serves boht\.shop\.example[\s\S]+Hosts there: both\.shop\.example/,
    ],
    ['a port on which nobody listens', ['https://both.shop.example:8443/'], /serves both\.shop\.example on port 8443/],
    ['a method that is none', ['both.shop.example', '--method', 'GE T'], /GE T is no HTTP method/],
    ['a name that is nothing', ['nothing-here'], /There is no service and no push subscription nothing-here/],
    [
      'a region that no way leads to',
      ['both.shop.example/h', '--region', 'asia-east1'],
      /leads to asia-east1[\s\S]+europe-west1, us-central1/,
    ],
    ['a caller without a URL', ['a-number', '--as', 'user:a@b.example'], /is no URL/],
    ['a caller who is nobody', ['both.shop.example', '--as', 'group:a@b.example'], /nobody who can send a request/],
  ];
  for (const [title, args, message] of wrong) {
    it(`refuses ${title}`, () => {
      const { status, stderr } = explain('regional-audiences', ...args);
      assert.equal(status, 2, stderr);
      assert.match(stderr, message);
    });
  }
});
