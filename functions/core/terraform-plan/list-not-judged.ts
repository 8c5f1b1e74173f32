import { accessorRole } from '../estate/iap-access.ts';
import { iapLevelsOf } from '../estate/iap-levels.ts';
import type { NotEvaluated } from '../inventory.ts';
import { missingService, namesUnknownService } from './missing-services.ts';
import type { GapQuestion } from './plan-gap.ts';

/** What no rule can say of single things in this plan; the doors of services do not hang on it. */
export function listNotJudged({ planned, paths }: GapQuestion): readonly NotEvaluated[] {
  const unknown = 'unknown-until-apply';
  return [...planned.backends.values()].flatMap(({ backend, open, isClientIdOpen }) => {
    const levels = iapLevelsOf(planned.inventory, backend);
    const hasOpenAccessors = levels.some((level) =>
      planned.policies.get(level)?.open.some(({ role }) => role === undefined || role === accessorRole),
    );
    const isBlindClient =
      isClientIdOpen || (backend.oauth2ClientId !== undefined && !planned.numbers.isKnown(backend.project));
    const say = (rule: string, reason: string, resource: string, when: boolean): readonly NotEvaluated[] =>
      when ? [{ rule, reason, resource }] : [];
    return [
      ...say(
        'unprotected-sibling-path',
        unknown,
        backend.name,
        !backend.iapEnabled && open.length > 0 && paths.length > 0,
      ),
      ...say('oauth-client-untrusted', unknown, backend.name, backend.iapEnabled && isBlindClient),
      ...say('iap-open-to-all', unknown, backend.name, backend.iapEnabled && hasOpenAccessors),
      ...(backend.iapEnabled ? backend.groups : []).flatMap((group) =>
        say(
          '*',
          'service-not-in-plan',
          group,
          missingService(planned, group) !== undefined && !namesUnknownService(planned, group),
        ),
      ),
    ];
  });
}
