import { deployRunService } from '../../../sandbox/apis/run/run-deploy.ts';
import { buildServiceBody } from '../../../sandbox/estates/service-body.ts';
import type { Lab } from '../lab.ts';
import { addMember, admin, backendOf, subscribe } from '../lab-estate.ts';

/** What has to be wrong for a capability to have something to do. */
export const situations: Readonly<Record<string, (lab: Lab) => void>> = {
  'grant-invoker': () => undefined,

  'revoke-invoker'(lab) {
    grantAgent(lab);
    addMember(lab.sandbox.cloud, lab.estate.serviceKey(lab.estate.regions[0]), 'roles/run.invoker', 'allUsers');
  },

  'restrict-ingress'(lab) {
    const { estate, sandbox } = lab;
    const [region] = estate.regions;
    const { projectId: project, service } = estate;
    const labels = { 'sallyport-iap': 'allow' };
    const sent = buildServiceBody({ service, region, ingress: 'all', labels });
    deployRunService(sandbox.cloud, { place: { project, region, service }, sent, caller: admin });
    grantAgent(lab);
  },

  'set-push-audience'(lab) {
    grantAgent(lab);
    subscribe(lab.sandbox.cloud, lab.estate, { account: lab.estate.pusher, audience: 'https://wrong.example' });
  },

  'grant-iap-accessor'(lab) {
    grantAgent(lab);
    const policy = lab.sandbox.cloud.policies.get(lab.estate.iapResource);
    if (policy) policy.bindings = [{ role: 'roles/iap.httpsResourceAccessor', members: [`user:${lab.estate.user}`] }];
  },

  'add-custom-audience'(lab) {
    const { estate, sandbox } = lab;
    const backend = backendOf(sandbox.cloud, estate);
    backend['iap'] = { enabled: false };
    // One service in two regions: the other project's stays out of it.
    const groups = Array.isArray(backend['backends']) ? backend['backends'] : [];
    backend['backends'] = groups.slice(0, estate.regions.length);
    const { service, projectNumber, regions } = estate;
    const audience = `https://${service}-${projectNumber}.${regions[0]}.run.app`;
    subscribe(sandbox.cloud, estate, { account: estate.pusher, audience });
  },

  'create-service-identity'({ estate, sandbox }) {
    sandbox.cloud.serviceAccounts.delete(estate.iapAgent.replace('serviceAccount:', ''));
  },
};

function grantAgent({ estate, sandbox }: Lab): void {
  for (const region of estate.regions) {
    addMember(sandbox.cloud, estate.serviceKey(region), 'roles/run.invoker', estate.iapAgent);
  }
}
