import assert from 'node:assert/strict';
import { createLineFilter } from '../../../../functions/adapters/export-reader/line-filter.ts';
import { createSeenProjects } from '../../../../functions/adapters/export-reader/seen-projects.ts';

/** Whether each line is skipped unparsed, by one filter for which project `known` is known well. */
function skips(...lines: readonly string[]): readonly boolean[] {
  const projects = createSeenProjects();
  Object.assign(projects.get('known'), { number: '1', hasPolicyLine: true });
  const canSkip = createLineFilter(projects);
  const bytes = Buffer.from(lines.join('\n'));
  let start = 0;
  return lines.map((line) => {
    const end = start + Buffer.byteLength(line);
    const skipped = canSkip(bytes, start, end);
    start = end + 1;
    return skipped;
  });
}

const disk = '//compute.googleapis.com/projects/known/zones/z/disks/d';

describe('lines of an export that are not parsed', () => {
  const skipped: readonly (readonly [string, string])[] = [
    ['as Google writes it', `{"name":"${disk}","asset_type":"compute.googleapis.com/Disk","resource":{"data":{}}}`],
    ['with white space', `{ "name" : "${disk}" , "resource" : {} }`],
    ['with the name last', `{"resource":{"a":["}","]","\\"",{"name":"no"}]},"n":-1.5e3,"t":true,"name":"${disk}"}`],
    ['with letters beyond ASCII', `{"name":"//x.googleapis.com/projects/known/disks/größe","d":"√"}`],
    ['outside of projects', '{"name":"//storage.googleapis.com/bucket","iam_policy":{"bindings":[]}}'],
    ['a revision', '{"name":"//run.googleapis.com/projects/known/locations/r/revisions/s-1","resource":{}}'],
    ['another service', '{"name":"//serviceusage.googleapis.com/projects/known/services/run.googleapis.com"}'],
    ['another backend', '{"name":"//example.googleapis.com/projects/known/global/backendServices/b"}'],
  ];
  for (const [what, line] of skipped) {
    it(`are those of no interest: ${what}`, () => assert.deepEqual(skips(line), [true]));
  }

  const parsed: readonly (readonly [string, string])[] = [
    ['a service', '{"name":"//run.googleapis.com/projects/known/locations/r/services/s"}'],
    [
      'a service, whatever its type says',
      '{"asset_type":"x","name":"//run.googleapis.com/projects/known/locations/r/services/s"}',
    ],
    [
      'a service with escaped slashes',
      '{"name":"\\/\\/run.googleapis.com\\/projects\\/known\\/locations\\/r\\/services\\/s"}',
    ],
    ['a service with escaped letters', '{"name":"//run.googleapis.com/projects/known/locations/r/s\\u0065rvices/s"}'],
    ['a service under an escaped key', '{"n\\u0061me":"//run.googleapis.com/projects/known/locations/r/services/s"}'],
    ['a global backend', '{"name":"//compute.googleapis.com/projects/known/global/backendServices/b"}'],
    ['a regional backend', '{"name":"//compute.googleapis.com/projects/known/regions/r/backendServices/b"}'],
    ['a NEG', '{"name":"//compute.googleapis.com/projects/known/regions/r/networkEndpointGroups/n"}'],
    ['a project', '{"name":"//cloudresourcemanager.googleapis.com/projects/known"}'],
    ['a folder', '{"name":"//cloudresourcemanager.googleapis.com/folders/1"}'],
    ['a custom role', '{"name":"//iam.googleapis.com/projects/known/roles/r"}'],
    ['a custom role of an organisation', '{"name":"//iam.googleapis.com/organizations/1/roles/r"}'],
    ['an IAP resource', '{"name":"//iap.googleapis.com/projects/1/iap_web/compute/services/42"}'],
    ['a subscription', '{"name":"//pubsub.googleapis.com/projects/known/subscriptions/s"}'],
    ...['urlMaps', 'targetHttpsProxies', 'targetHttpProxies', 'forwardingRules', 'sslCertificates'].flatMap(
      (collection): (readonly [string, string])[] => [
        [collection, `{"name":"//compute.googleapis.com/projects/known/global/${collection}/x"}`],
        [`regional ${collection}`, `{"name":"//compute.googleapis.com/projects/known/regions/r/${collection}/x"}`],
      ],
    ),
    ['no text as a name', '{"name":7}'],
    ['no name', '{"asset_type":"x"}'],
    ['a name further in', `{"resource":{"name":"${disk}"}}`],
    ['no object', `["name","${disk}"]`],
    ['a line cut off', `{"name":"${disk}","resource":{"data":{"a":"b`],
    ['a line cut off behind a brace', `{"name":"${disk.slice(0, 20)}}`],
    [
      'two assets in one line',
      `{"name":"${disk}"}{"name":"//run.googleapis.com/projects/known/locations/r/services/s"}`,
    ],
    ['no JSON before the name', `{"a" "b","name":"${disk}"}`],
    ['an open list before the name', `{"a":[1,"name":"${disk}"}`],
    [
      'the first line with ancestors of a project',
      '{"name":"//x.googleapis.com/projects/new/y/z","ancestors":["projects/2"]}',
    ],
  ];
  for (const [what, line] of parsed) {
    it(`are not: ${what}`, () => assert.deepEqual(skips(line), [false]));
  }

  it('note that a project has a policy line, and see no policy in what a resource says of itself', () => {
    const projects = createSeenProjects();
    const canSkip = createLineFilter(projects);
    for (const line of [
      '{"name":"//x.googleapis.com/projects/1/y/z","resource":{"iam_policy":{},"iamPolicy":{}}}',
      '{"name":"//x.googleapis.com/projects/2/y/z","asset_type":"t","iam_policy":{"bindings":[]}}',
      '{"iamPolicy":{"bindings":[]},"name":"//x.googleapis.com/projects/3/y/z"}',
    ]) {
      assert.equal(canSkip(Buffer.from(line), 0, Buffer.byteLength(line)), true);
    }
    assert.deepEqual(
      [...projects.all()].map(({ spelling, hasPolicyLine }) => [spelling, hasPolicyLine]),
      [
        ['1', false],
        ['2', true],
        ['3', true],
      ],
    );
  });

  it('keep projects apart whose names end alike', () => {
    const projects = createSeenProjects();
    const names = ['shop-a-prod', 'shop-b-prod', 'shop-c-prod', 'ship-a-prod', 'shop-a-prod'];
    const bytes = Buffer.from(names.join(''));
    const seen = names.map((_, at) => projects.getBytes(bytes, at * 11, at * 11 + 11).spelling);
    assert.deepEqual(seen, names);
    assert.equal([...projects.all()].length, 4);
  });
});
