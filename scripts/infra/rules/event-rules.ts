import { eventarcTriggers, sinkFilter } from '../../../functions/events/event-sources.ts';
import { clientId } from '../plan-cases.ts';
import { blocksAt, type PlannedResource, textAt } from '../read-plan.ts';
import type { PlanRule, PlanToCheck } from './plan-rule.ts';
import { urlOf } from './wiring-rules.ts';

/** How events and calls come. */
export const eventRules: readonly PlanRule[] = [
  {
    id: 'tokens',
    promise: 'every push and every job carries a token: OIDC with an audience, OAuth where a Google API is called',
    check: checkTokens,
  },
  {
    id: 'triggers',
    promise: 'at most 12 triggers, exactly those of the code, from every region, to audit-event',
    check: checkTriggers,
  },
  {
    id: 'sink',
    promise: 'the sink sends exactly what the code watches, and what cannot be delivered goes to the dead letters',
    check: checkSink,
  },
];

function checkTokens({ resources, planCase }: PlanToCheck): readonly string[] {
  const pushes = resources.filter(
    (one) => one.type === 'google_pubsub_subscription' && blocksAt(one, 'push_config').length > 0,
  );
  const jobs = resources.filter(({ type }) => type === 'google_cloud_scheduler_job');
  const triggers = resources.filter(({ type }) => type === 'google_eventarc_trigger');
  return [
    ...pushes.flatMap((push) => {
      const audience = textAt(push, 'push_config.0.oidc_token.0.audience');
      const isShop = !push.address.startsWith('module.') && planCase.folder !== '.';
      // Through IAP only its client's ID passes; to a function only the function's URL.
      const wanted = isShop ? clientId : textAt(push, 'push_config.0.push_endpoint');
      if (textAt(push, 'push_config.0.oidc_token.0.service_account_email') === undefined && !isShop)
        return [`${push.address} pushes without an account`];
      return audience === wanted ? [] : [`${push.address} pushes with audience ${audience ?? 'none'}, not ${wanted}`];
    }),
    ...jobs.flatMap((job) => {
      const host = URL.parse(textAt(job, 'http_target.0.uri') ?? '')?.host ?? '';
      const isGoogle = host.endsWith('.googleapis.com');
      const token = isGoogle ? 'oauth_token.0.service_account_email' : 'oidc_token.0.audience';
      return textAt(job, `http_target.0.${token}`)
        ? []
        : [`${job.address} calls ${host} without ${token.split('.')[0]}`];
    }),
    ...triggers.flatMap((trigger) =>
      textAt(trigger, 'service_account') ? [] : [`${trigger.address} calls without an account`],
    ),
    ...(pushes.length + triggers.length === 0 ? ['nothing brings events'] : []),
    ...(jobs.length < 2 ? ['the jobs for sweep and report are missing'] : []),
  ];
}

function checkTriggers({ resources, planCase }: PlanToCheck): readonly string[] {
  const planned = resources.filter(({ type }) => type === 'google_eventarc_trigger').map(describeTrigger);
  const wanted =
    planCase.eventSource === 'eventarc'
      ? eventarcTriggers().map(({ serviceName, methodName }) => `${serviceName} ${methodName}`)
      : [];
  return [
    ...(planned.length > 12 ? [`${planned.length} triggers are more than 12`] : []),
    ...planned.filter((one) => !wanted.includes(one)).map((one) => `a trigger for ${one} that the code does not name`),
    ...wanted.filter((one) => !planned.includes(one)).map((one) => `no trigger for ${one}`),
    ...resources.filter(({ type }) => type === 'google_eventarc_trigger').flatMap(checkWay),
  ];
}

/** Only a trigger of the location `global` hears of all regions, and of what has none. */
function checkWay(trigger: PlannedResource): readonly string[] {
  const location = textAt(trigger, 'location');
  const service = textAt(trigger, 'destination.0.cloud_run_service.0.service');
  return [
    ...(location === 'global' ? [] : [`${trigger.address} hears ${location} only`]),
    ...(service === 'sallyport-audit-event' ? [] : [`${trigger.address} calls ${service}`]),
  ];
}

function describeTrigger(trigger: PlannedResource): string {
  const criteria = blocksAt(trigger, 'matching_criteria').map((block) => JSON.stringify(block));
  const find = (attribute: string) =>
    criteria.flatMap(
      (text) => (text.includes(`"attribute":"${attribute}"`) ? /"value":"([^"]+)"/.exec(text)?.[1] : undefined) ?? [],
    );
  return `${find('serviceName')[0]} ${find('methodName')[0]}`;
}

function checkSink({ resources, planCase }: PlanToCheck): readonly string[] {
  const sinks = resources.filter(({ type }) => /^google_logging_\w+_sink$/.test(type));
  if (planCase.eventSource === 'eventarc') return sinks.map(({ address }) => `${address} beside the triggers`);
  const [sink] = sinks;
  if (!sink || sinks.length > 1) return [`${sinks.length} sinks instead of one`];
  const problems =
    sink.type === `google_logging_${planCase.scope}_sink` ? [] : [`${sink.address} is at the wrong level`];
  if (textAt(sink, 'filter') !== sinkFilter()) problems.push(`${sink.address} has another filter than the code`);
  if (planCase.scope !== 'project' && sink.values['include_children'] !== true)
    problems.push(`${sink.address} leaves out the projects below`);
  if (sink.values['disabled'] === true) problems.push(`${sink.address} is switched off`);
  const push = resources.find(
    (one) => one.type === 'google_pubsub_subscription' && textAt(one, 'name') === 'sallyport-events',
  );
  if (!push || blocksAt(push, 'dead_letter_policy').length === 0)
    problems.push('what cannot be delivered is lost: no dead-letter policy');
  else if (textAt(push, 'push_config.0.push_endpoint') !== urlOf('audit-event'))
    problems.push(`${push.address} pushes to ${textAt(push, 'push_config.0.push_endpoint')}`);
  return problems;
}
