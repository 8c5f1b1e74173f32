import { servicesBehind } from './access-paths.ts';
import { numberOf } from './names.ts';
import type { Backend, Estate, OracleSettings, Service } from './oracle-types.ts';
import type { Answer } from './push-rules.ts';

/** CONTRACT 2: "audience is one region's run.app URL, two regions or more serve, no shared custom audience" */
export function regionalAnswer(
  audience: string,
  backends: readonly Backend[],
  estate: Estate,
  settings: OracleSettings,
): Answer | undefined {
  // "push to a host whose backend has *no* IAP"
  if (backends.length === 0 || backends.some(({ iapOn }) => iapOn)) return undefined;
  const services: Service[] = [];
  for (const name of new Set(backends.flatMap(({ negs }) => negs))) {
    const neg = estate.negs.find((one) => one.name === name);
    if (neg === undefined) return { gap: 'service-not-read' };
    if (!neg.serverless) continue;
    if (neg.kind === 'mask') return { gap: 'url-mask' };
    const found = servicesBehind(neg, estate, { ...settings, urlMask: 'observe' });
    if (found.length === 0 && (neg.kind === 'service' || neg.kind === 'function')) return { gap: 'service-not-read' };
    services.push(...found.filter((one) => !services.includes(one)));
  }
  if (new Set(services.map(({ region }) => region)).size < 2) return undefined;
  const owners = services.filter((service) => ownUrls(service, estate).includes(audience.replace(/\/$/, '')));
  if (owners.length === 0) return undefined;
  if (services.some(({ directIap }) => directIap)) return { gap: 'direct-iap' };
  // "no custom audience makes the other regions accept this audience"; "a service with invokerIamDisabled refuses none"
  const refusing = services.filter(
    (one) => !owners.includes(one) && !one.invokerCheckDisabled && !one.customAudiences.includes(audience),
  );
  return refusing.length === 0 ? undefined : { mode: 'approve', subject: audience };
}

/** FACTS 16: "accept any entry of `urls`, with or without the last slash", and the deterministic form. */
function ownUrls({ urls, shortName, region, project }: Service, estate: Estate): readonly string[] {
  const number = numberOf(project, estate.numbers);
  const all = urls.filter((url) => url !== '').map((url) => url.replace(/\/$/, ''));
  return number === undefined ? all : [...all, `https://${shortName}-${number}.${region}.run.app`];
}
