import { parseServiceName } from '../../core/estate/resource-name.ts';

/** A link to the resource in Google Cloud's console as mrkdwn; none for kinds whose address is not known for sure. */
export function consoleLink(resource: string): readonly string[] {
  const path = consolePath(resource);
  return path === undefined ? [] : [`<https://console.cloud.google.com/${path}|Open in Google Cloud>`];
}

function consolePath(resource: string): string | undefined {
  const service = parseServiceName(resource);
  if (service) {
    const [region, id, project] = [service.region, service.id, service.project].map(encodePart);
    return `run/detail/${region}/${id}/security?project=${project}`;
  }
  const [, project, id] =
    /^\/\/pubsub\.googleapis\.com\/projects\/([^/]+)\/subscriptions\/([^/]+)$/.exec(resource) ?? [];
  if (project && id) return `cloudpubsub/subscription/detail/${encodePart(id)}?project=${encodePart(project)}`;
  return undefined;
}

/** Nothing of a foreign name may end the link or add to its address; a lone surrogate cannot be encoded. */
function encodePart(part: string): string {
  return encodeURIComponent(part.toWellFormed()).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
}
