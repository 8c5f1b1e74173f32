import type { Cloud } from './cloud.ts';

/** A copy of a cloud: writes to it succeed and are lost, and nobody hears of them. Tasks and messages are the real ones. */
export function forgetfulCopy(cloud: Cloud): Cloud {
  const { projects, folders, runServices, compute, policies, iapSettings, serviceAccounts, roles } = cloud;
  const copies = structuredClone({
    projects,
    folders,
    runServices,
    compute,
    policies,
    iapSettings,
    serviceAccounts,
    roles,
  });
  return { ...cloud, ...copies, logEntries: [], audit: () => undefined };
}
