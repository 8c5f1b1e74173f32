/** A Cloud Run v1 Service as somebody deploys it: the article's (only the load balancer may reach it) unless told otherwise. */
export function buildServiceBody(options: {
  readonly service: string;
  readonly region: string;
  readonly ingress?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly image?: string;
  readonly environment?: Readonly<Record<string, string>>;
}): Record<string, unknown> {
  const env = Object.entries(options.environment ?? {}).map(([name, value]) => ({ name, value }));
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: {
      name: options.service,
      labels: { ...options.labels, 'cloud.googleapis.com/location': options.region },
      annotations: { 'run.googleapis.com/ingress': options.ingress ?? 'internal-and-cloud-load-balancing' },
    },
    spec: {
      template: {
        spec: {
          containers: [
            {
              image: options.image ?? 'us-docker.pkg.dev/cloudrun/container/hello',
              ...(env.length > 0 ? { env } : {}),
            },
          ],
        },
      },
    },
  };
}
