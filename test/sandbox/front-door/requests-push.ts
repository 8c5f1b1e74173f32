import { accessor, iapMark, invoker, noIapMark, type Row, says, shop } from './request-row.ts';
import { annotate, backendResource, bind, change, clientId, hosts } from './two-door-estate.ts';

const pusher = 'push@p1.iam.gserviceaccount.com';
const [eu, us] = ['europe-west1', 'us-central1'];
const post = { method: 'POST', path: '/cart', headers: { accept: 'application/json' } } as const;
const challenge = 'Bearer error="invalid_token" error_description="The access token could not be verified"';
const wrongAudience = { says: says.unauthorized, answers: { 'www-authenticate': challenge, ...noIapMark } };
const euUrl = `https://${hosts.run}`;
const shared = 'https://api.example.com';

/** Behind IAP: the push account is an accessor; IAP's agent may invoke `shop` in europe-west1 only. */
const behindIap = {
  ...post,
  given: (cloud) => bind(cloud, backendResource, accessor, `serviceAccount:${pusher}`),
} satisfies Partial<Row>;

/** Without IAP: the push account may invoke `api` in both regions. */
const withoutIap = {
  ...post,
  host: hosts.open,
  given: (cloud) => {
    for (const region of [eu, us]) {
      bind(cloud, `projects/p1/locations/${region}/services/api`, invoker, `serviceAccount:${pusher}`);
    }
  },
} satisfies Partial<Row>;

/** A push of Pub/Sub: a POST with an ID token of the push account. */
export const pushRequests: readonly Row[] = [
  // Behind IAP
  {
    ...behindIap,
    title: "a push whose audience is IAP's client",
    facts: '4, 5',
    as: `token ${pusher} ${clientId}`,
    region: eu,
    status: 200,
    door: 'container',
    answers: noIapMark,
  },
  {
    ...behindIap,
    title: 'a push whose audience is the default, the endpoint URL',
    facts: '5, 15',
    as: `token ${pusher} https://${hosts.iap}/cart`,
    region: eu,
    status: 401,
    door: 'iap',
    says: says.audience,
    answers: iapMark,
  },
  {
    ...behindIap,
    title: 'a push whose audience is the endpoint URL: no region matters, IAP stands before both',
    facts: '5, 15',
    as: `token ${pusher} https://${hosts.iap}/cart`,
    region: us,
    status: 401,
    door: 'iap',
    says: says.audience,
  },
  {
    ...behindIap,
    title: 'a push without a token',
    facts: '15',
    region: eu,
    status: 401,
    door: 'iap',
    says: says.empty,
    answers: { ...iapMark, location: null },
  },
  {
    ...behindIap,
    title: "a push that IAP lets in, where IAP's agent may not invoke",
    facts: '15, 16',
    as: `token ${pusher} ${clientId}`,
    region: us,
    status: 403,
    door: 'invoker',
    says: says.forbidden,
    answers: noIapMark,
  },
  {
    ...post,
    title: 'a push of an account that is no accessor',
    facts: '5, 15',
    as: `token ${pusher} ${clientId}`,
    region: eu,
    status: 403,
    door: 'iap',
    says: says.noAccess,
    answers: iapMark,
  },
  {
    ...post,
    title: 'a push of an account that may invoke, and is no accessor: IAP replaces the caller',
    facts: '5, 15',
    given: (cloud) => bind(cloud, `projects/p1/locations/${shop.eu}`, invoker, `serviceAccount:${pusher}`),
    as: `token ${pusher} ${clientId}`,
    region: eu,
    status: 403,
    door: 'iap',
    says: says.noAccess,
  },
  {
    ...behindIap,
    title: 'a push with an expired token',
    facts: '15 + kubeflow/pipelines#4321',
    as: `expired ${pusher} ${clientId}`,
    region: eu,
    status: 401,
    door: 'iap',
    says: says.expired,
  },
  {
    ...behindIap,
    title: 'a push with a token of another issuer (what IAP says of it is not recorded)',
    facts: '15',
    as: `foreign ${pusher} ${clientId}`,
    region: eu,
    status: 401,
    door: 'iap',
    answers: iapMark,
  },
  {
    ...behindIap,
    title: 'a push with a token that somebody else signed',
    facts: '15',
    as: `forged ${pusher} ${clientId}`,
    region: eu,
    status: 401,
    door: 'iap',
    says: says.signature,
  },
  {
    ...behindIap,
    title: 'a push with a token that nobody signed',
    facts: '15',
    as: `unsigned ${pusher} ${clientId}`,
    region: eu,
    status: 401,
    door: 'iap',
    says: says.signature,
  },
  {
    ...behindIap,
    title: 'a push with garbage',
    facts: '15',
    as: 'Bearer garbage',
    region: eu,
    status: 401,
    door: 'iap',
    says: says.unparsable,
  },
  {
    ...behindIap,
    title: "a push for another project's client",
    facts: '15',
    as: `token ${pusher} 999-other.apps.googleusercontent.com`,
    region: eu,
    status: 401,
    door: 'iap',
    says: says.audience,
  },
  {
    ...behindIap,
    title: 'a push for a client ID that only differs in case',
    facts: '5',
    as: `token ${pusher} ${clientId.toUpperCase()}`,
    region: eu,
    status: 401,
    door: 'iap',
    says: says.audience,
  },
  // IAP with Google's own OAuth client
  {
    ...post,
    title: 'a push where IAP has no client of its own: programmatic access is blocked',
    facts: '4',
    given: (cloud) => {
      behindIap.given(cloud);
      change(cloud, 'backendServices/shop-backend', { iap: { enabled: true } });
    },
    as: `token ${pusher} ${clientId}`,
    region: eu,
    status: 401,
    door: 'iap',
    says: says.audience,
  },
  {
    ...post,
    title: 'the same with the client among programmaticClients, set for the whole project',
    facts: '4',
    given: (cloud) => {
      behindIap.given(cloud);
      change(cloud, 'backendServices/shop-backend', { iap: { enabled: true } });
      cloud.iapSettings.set('projects/111/iap_web', {
        accessSettings: { oauthSettings: { programmaticClients: [clientId] } },
      });
    },
    as: `token ${pusher} ${clientId}`,
    region: eu,
    status: 200,
    door: 'container',
  },
  {
    ...post,
    title: "a push for the client of the backend's own IAP settings",
    facts: '4',
    given: (cloud) => {
      behindIap.given(cloud);
      cloud.iapSettings.set(backendResource, {
        accessSettings: { oauthSettings: { clientId: '333-settings.apps.googleusercontent.com' } },
      });
    },
    as: `token ${pusher} 333-settings.apps.googleusercontent.com`,
    region: eu,
    status: 200,
    door: 'container',
  },
  // Without IAP
  ...[eu, us].map(
    (region): Row => ({
      ...withoutIap,
      title: 'a push without a token, without IAP: Cloud Run says 403, not 401',
      facts: '16',
      region,
      status: 403,
      door: 'invoker',
      says: says.forbidden,
      answers: noIapMark,
    }),
  ),
  {
    ...withoutIap,
    title: "a push whose audience is one region's run.app URL passes in that region",
    facts: '16',
    as: `token ${pusher} ${euUrl}`,
    region: eu,
    status: 200,
    door: 'container',
  },
  {
    ...withoutIap,
    title: "a push whose audience is one region's run.app URL fails in the other",
    facts: '16',
    as: `token ${pusher} ${euUrl}`,
    region: us,
    status: 401,
    door: 'invoker',
    ...wrongAudience,
  },
  ...[eu, us].map(
    (region): Row => ({
      ...withoutIap,
      title: 'a push whose audience is the endpoint URL, which is no custom audience',
      facts: '16',
      as: `token ${pusher} https://${hosts.open}/cart`,
      region,
      status: 401,
      door: 'invoker',
      ...wrongAudience,
    }),
  ),
  ...[eu, us].map(
    (region): Row => ({
      ...withoutIap,
      title: 'a push whose audience is a custom audience of both regions',
      facts: '16',
      given: (cloud) => {
        withoutIap.given(cloud);
        for (const each of [eu, us])
          annotate(cloud, `${each}/services/api`, 'custom-audiences', JSON.stringify([shared]));
      },
      as: `token ${pusher} ${shared}`,
      region,
      status: 200,
      door: 'container',
    }),
  ),
  ...(
    [
      [eu, 200, 'container'],
      [us, 401, 'invoker'],
    ] as const
  ).map(
    ([region, status, door]): Row => ({
      ...withoutIap,
      title: 'a push whose audience is a custom audience of europe-west1 only',
      facts: '16',
      given: (cloud) => {
        withoutIap.given(cloud);
        annotate(cloud, `${eu}/services/api`, 'custom-audiences', JSON.stringify([shared]));
      },
      as: `token ${pusher} ${shared}`,
      region,
      status,
      door,
    }),
  ),
  {
    ...withoutIap,
    title: "a push for IAP's client where there is no IAP",
    facts: '16',
    as: `token ${pusher} ${clientId}`,
    region: eu,
    status: 401,
    door: 'invoker',
    ...wrongAudience,
  },
  {
    ...withoutIap,
    title: 'an expired push token, without IAP',
    facts: '16',
    as: `expired ${pusher} ${euUrl}`,
    region: eu,
    status: 401,
    door: 'invoker',
    ...wrongAudience,
  },
  {
    ...withoutIap,
    title: 'a push token of another issuer, without IAP',
    facts: '16',
    as: `foreign ${pusher} ${euUrl}`,
    region: eu,
    status: 401,
    door: 'invoker',
    ...wrongAudience,
  },
  {
    ...withoutIap,
    title: 'a push token that somebody else signed, without IAP',
    facts: '16',
    as: `forged ${pusher} ${euUrl}`,
    region: eu,
    status: 401,
    door: 'invoker',
    ...wrongAudience,
  },
  {
    ...post,
    host: hosts.open,
    title: 'a push of an account that may not invoke, with a good audience',
    facts: '16',
    as: `token ${pusher} ${euUrl}`,
    region: eu,
    status: 403,
    door: 'invoker',
    says: says.forbidden,
  },
  {
    ...withoutIap,
    host: hosts.run,
    title: "a push straight to the service's own URL",
    facts: '16',
    as: `token ${pusher} ${euUrl}`,
    status: 200,
    door: 'container',
  },
];
