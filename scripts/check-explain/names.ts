/** The words of all random estates: few, so that requests meet what is there. */
export const project = 'acme-prod';
export const number = '111222333444';
export const regions = ['europe-west1', 'us-central1', 'asia-east1'] as const;
export const services = ['api', 'shop', 'admin'] as const;
export const hosts = [
  'shop.example.com',
  'shop.example.com',
  'api.example.com',
  'x.wild.example.com',
  'plain.example.org',
];
export const paths = [
  '/',
  '/cart',
  '/api',
  '/apis',
  '/api/v1/items',
  '/api/v2',
  '/admin/x',
  '/shop',
  '/beta',
  '/old/page',
];
export const ann = 'user:ann@example.com';
export const bob = 'user:bob@other.example';
export const robot = `serviceAccount:robot@${project}.iam.gserviceaccount.com`;
export const pusher = `serviceAccount:push@${project}.iam.gserviceaccount.com`;
export const callers = [ann, ann, ann, bob, robot, robot, pusher];
export const agent = `serviceAccount:service-${number}@gcp-sa-iap.iam.gserviceaccount.com`;
export const clientId = `${number}-web.apps.googleusercontent.com`;
export const programClient = `${number}-cli.apps.googleusercontent.com`;
export const settingsClient = `${number}-settings.apps.googleusercontent.com`;
export const customAudience = 'https://api.example.com';
export const accessor = 'roles/iap.httpsResourceAccessor';
export const invoker = 'roles/run.invoker';
