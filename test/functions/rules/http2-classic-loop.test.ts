import { http2ClassicLoop } from '../../../functions/rules/http2-classic-loop.ts';
import { backend, inventory, neg, service } from '../../support/estate.ts';
import { describeRule } from '../../support/rule-table.ts';

const shop = service();
const classic = { loadBalancingScheme: 'EXTERNAL', protocol: 'HTTP2' };
const estate = (over: Parameters<typeof backend>[1]) => inventory({ backends: [backend([neg(shop)], over)] });
const appEngine = neg(shop, { target: { kind: 'app-engine' } });
const mask = neg(shop, { target: { kind: 'run-url-mask', urlMask: '<service>.acme.example' } });

describeRule(http2ClassicLoop, {
  complies: [
    { title: 'a classic balancer that speaks HTTPS', estate: estate({ ...classic, protocol: 'HTTPS' }) },
    {
      title: 'HTTP/2 behind the newer balancer',
      estate: estate({ ...classic, loadBalancingScheme: 'EXTERNAL_MANAGED' }),
    },
    { title: 'no IAP', estate: estate({ ...classic, iapEnabled: false }) },
    {
      title: 'HTTP/2 to App Engine',
      estate: inventory({ negs: [appEngine], backends: [backend([appEngine], classic)] }),
    },
  ],
  violates: [
    {
      title: 'HTTP/2 to Cloud Run, classic balancer, IAP',
      estate: estate(classic),
      findings: [[backend([]).name, '', 'medium', 'observe']],
    },
    {
      title: 'the same through a URL mask',
      estate: inventory({ negs: [mask], backends: [backend([mask], classic)] }),
      findings: [[backend([]).name, '', 'medium', 'observe']],
    },
  ],
});
