import type { Writer } from '../core/world.ts';
import type { CustomAudienceWriter } from './custom-audience-writer.ts';
import type { IdentityCreator } from './identity-creator.ts';
import type { IngressWriter } from './ingress-writer.ts';
import type { PolicyWriter } from './policy-writer.ts';
import type { PushWriter } from './push-writer.ts';

export interface PreviewingWriters {
  readonly policies: Pick<PolicyWriter, 'previewPolicy'>;
  readonly ingress: Pick<IngressWriter, 'previewIngress'>;
  readonly pushes: Pick<PushWriter, 'previewPushAudience'>;
  readonly audiences: Pick<CustomAudienceWriter, 'previewCustomAudience'>;
  readonly identities: Pick<IdentityCreator, 'previewIdentity'>;
}

/** A writer that reads, edits and passes the guards as the given ones do, reports before and after, and writes nothing (DESIGN 6.12). */
export function dryRun({ policies, ingress, pushes, audiences, identities }: PreviewingWriters): Writer {
  return {
    changePolicy: (change) => policies.previewPolicy(change),
    changeIngress: (change) => ingress.previewIngress(change),
    changePushAudience: (change) => pushes.previewPushAudience(change),
    changeCustomAudience: (change) => audiences.previewCustomAudience(change),
    createIdentity: (change) => identities.previewIdentity(change),
  };
}
