import { ingressBlocksBalancer } from '../../../functions/rules/ingress-blocks-balancer.ts';
import { backend, inventory, neg, service } from '../../support/estate.ts';
import { describeRule } from '../../support/rule-table.ts';

const inside = service('europe-west1', { ingress: 'internal' });
const nowhere = service('europe-west1', { ingress: 'none' });
const second = backend([]).name.replace('shop', 'a');
const behind = (of: typeof inside, scheme: string) =>
  inventory({ services: [of], backends: [backend([neg(of)], { loadBalancingScheme: scheme })] });
const found = (ingress: string) => [inside.name, ingress, 'high', 'observe'] as const;
const { loadBalancingScheme: _, ...unnamed } = backend([neg(inside)]);

describeRule(ingressBlocksBalancer, {
  complies: [
    { title: 'balancers may come in', estate: inventory({}) },
    { title: 'everybody may come in', estate: inventory({ services: [{ ...inside, ingress: 'all' }] }) },
    { title: 'an internal balancer', estate: behind(inside, 'INTERNAL_MANAGED') },
    {
      title: 'the source does not say which kind of balancer it is',
      estate: inventory({ services: [inside], backends: [unnamed] }),
    },
    {
      title: 'direct IAP needs no balancer',
      estate: inventory({ services: [{ ...inside, iapEnabled: true }], negs: [], backends: [] }),
    },
    {
      title: 'the external backend has no IAP',
      estate: inventory({ services: [inside], backends: [backend([neg(inside)], { iapEnabled: false })] }),
    },
  ],
  violates: [
    {
      title: 'internal, behind an external balancer',
      estate: behind(inside, 'EXTERNAL_MANAGED'),
      findings: [found('internal')],
      via: [[`${backend([]).name} > ${neg(inside).name}`]],
    },
    {
      title: 'internal, behind a classic balancer',
      estate: behind(inside, 'EXTERNAL'),
      findings: [found('internal')],
    },
    { title: 'none, behind an external balancer', estate: behind(nowhere, 'EXTERNAL'), findings: [found('none')] },
    {
      title: 'behind both kinds: the ways that are blocked are named, no others',
      estate: inventory({
        services: [{ ...inside, iapEnabled: true }],
        backends: [
          backend([neg(inside)]),
          backend([neg(inside)], { name: second, loadBalancingScheme: 'INTERNAL_MANAGED' }),
        ],
      }),
      findings: [found('internal')],
      via: [[`${backend([]).name} > ${neg(inside).name}`]],
    },
  ],
});
