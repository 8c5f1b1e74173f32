import { extraResource } from './extra.ts';
import type { Mutation } from './mutation.ts';

const planned = 'example multi-region-iap';

/** The example's doors, as Sallyport's own check-plan sees them. */
export const example: readonly Mutation[] = [
  {
    what: "a region of the example lacks the grant to IAP's agent",
    file: 'examples/multi-region-iap/main.tf',
    find: `  for_each = google_cloud_run_v2_service.shop

  location = each.value.location
  name     = each.value.name
  role     = "roles/run.invoker"`,
    replace: `  for_each = { for region, service in google_cloud_run_v2_service.shop : region => service if region != "us-central1" }

  location = each.value.location
  name     = each.value.name
  role     = "roles/run.invoker"`,
    planned,
    noticedBy: 'check-plan',
  },
  {
    what: 'the example lets everybody past the balancer',
    file: 'examples/multi-region-iap/main.tf',
    find: 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
    replace: 'INGRESS_TRAFFIC_ALL',
    planned,
    noticedBy: 'check-plan',
  },
  {
    what: 'the example makes everybody an invoker',
    file: 'examples/multi-region-iap/main.tf',
    replace: extraResource(
      'google_cloud_run_v2_service_iam_member',
      '  location = "us-central1"\n  name     = google_cloud_run_v2_service.shop["us-central1"].name\n  role     = "roles/run.invoker"\n  member   = "allUsers"',
    ),
    planned,
    noticedBy: 'check-plan',
  },
  {
    what: 'an authoritative binding in the example wipes the grant',
    file: 'examples/multi-region-iap/main.tf',
    replace: extraResource(
      'google_cloud_run_v2_service_iam_binding',
      '  location = "us-central1"\n  name     = google_cloud_run_v2_service.shop["us-central1"].name\n  role     = "roles/run.invoker"\n  members  = ["serviceAccount:other@acme-ops.iam.gserviceaccount.com"]',
    ),
    planned,
    noticedBy: 'check-plan',
  },
  {
    what: "the example's IAP lets everybody in",
    file: 'examples/multi-region-iap/main.tf',
    replace: extraResource(
      'google_iap_web_backend_service_iam_member',
      '  web_backend_service = google_compute_backend_service.shop.name\n  role                = "roles/iap.httpsResourceAccessor"\n  member              = "allUsers"',
    ),
    planned,
    noticedBy: 'check-plan',
  },
  {
    what: "the example's backend is not behind IAP",
    file: 'examples/multi-region-iap/main.tf',
    find: 'enabled              = true',
    replace: 'enabled              = false',
    planned,
    noticedBy: 'test',
  },
  {
    what: "IAP does not let in the example's push account",
    file: 'examples/multi-region-iap/main.tf',
    find: 'member              = google_service_account.push.member',
    replace: 'member              = google_service_account.shop.member',
    planned,
    noticedBy: 'test',
  },
  {
    what: 'the example is served by plain HTTP',
    file: 'examples/multi-region-iap/main.tf',
    find: 'port_range            = "443"',
    replace: 'port_range            = "80"',
    planned,
    noticedBy: 'test',
  },
];
