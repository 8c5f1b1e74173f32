import assert from 'node:assert/strict';
import { joinBalancers } from '../../../../functions/core/estate/join-balancers.ts';
import {
  normalizeCertificate,
  normalizeForwardingRule,
  normalizeTargetProxy,
} from '../../../../functions/core/estate/normalize/frontend-parts.ts';

const root = 'https://www.googleapis.com/compute/v1/projects/p/global';
const name = (path: string) => `//compute.googleapis.com/projects/p/global/${path}`;
const options = { canonicalProject: (project: string) => project };

function join(
  proxy: object | undefined,
  certificate: object = { managed: { domains: ['A.Example', '*.b.example.'], status: 'ACTIVE' } },
) {
  const rule = normalizeForwardingRule(
    {
      selfLink: `${root}/forwardingRules/f`,
      target: `${root}/targetHttpsProxies/x`,
      portRange: '443-443',
      IPAddress: '203.0.113.1',
    },
    options,
  );
  const made =
    proxy &&
    normalizeTargetProxy({ selfLink: `${root}/targetHttpsProxies/x`, urlMap: `${root}/urlMaps/m`, ...proxy }, options);
  const held = normalizeCertificate({ selfLink: `${root}/sslCertificates/c`, ...certificate }, options);
  assert.ok(rule && held);
  return joinBalancers({ rules: [rule], proxies: made ? [made] : [], certificates: [held], urlMaps: [], unread: [] });
}

describe('joinBalancers', () => {
  const sslCertificates = [`${root}/sslCertificates/c`];

  it('makes one frontend of a forwarding rule, its proxy and the certificates of that', () => {
    assert.deepEqual(join({ sslCertificates }), {
      urlMaps: [],
      frontends: [
        {
          name: name('forwardingRules/f'),
          project: 'p',
          region: 'global',
          address: '203.0.113.1',
          ports: '443-443',
          loadBalancingScheme: 'EXTERNAL',
          protocol: 'https',
          proxy: name('targetHttpsProxies/x'),
          urlMap: name('urlMaps/m'),
          certificates: [{ name: name('sslCertificates/c'), domains: ['a.example', '*.b.example'], status: 'ACTIVE' }],
        },
      ],
    });
  });

  it('knows no certificates of a certificate map or of Certificate Manager, and no domains of one that was not read', () => {
    const map = { certificateMap: '//certificatemanager.googleapis.com/projects/p/locations/global/certificateMaps/m' };
    const managed = { sslCertificates: ['//certificatemanager.googleapis.com/projects/p/locations/r/certificates/c'] };
    for (const proxy of [{ ...map, sslCertificates }, managed])
      assert.equal(join(proxy).frontends[0]?.certificates, undefined);
    const unread = join({ sslCertificates: [`${root}/sslCertificates/other`] });
    assert.deepEqual(unread.frontends[0]?.certificates, [{ name: name('sslCertificates/other') }]);
    assert.deepEqual(join({ sslCertificates }, { type: 'SELF_MANAGED' }).frontends[0]?.certificates, [
      { name: name('sslCertificates/c') },
    ]);
  });

  it('says that a proxy is missing: it may serve any host', () => {
    assert.deepEqual(join(undefined), { urlMaps: [], frontends: [], unread: [name('targetHttpsProxies/x')] });
  });

  it('takes no rule that leads to something else', () => {
    const raw = { selfLink: `${root}/forwardingRules/f`, target: `${root}/targetVpnGateways/v` };
    assert.equal(normalizeForwardingRule(raw, options), undefined);
    assert.equal(
      normalizeForwardingRule({ selfLink: `${root}/forwardingRules/f`, backendService: 'x' }, options),
      undefined,
    );
  });
});
