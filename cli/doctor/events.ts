import { eventarcTriggers, sinkFilter } from '../../functions/events/event-sources.ts';
import { ask, find } from './ask.ts';
import { type Check, type DoctorContext, ok, problem, unknown, type Verdict } from './check.ts';

/** Whether events find their way in: triggers, or a log sink. */
export const eventChecks: readonly Check[] = [
  {
    id: 'events',
    async examine(context) {
      const triggers = await listTriggers(context);
      return triggers.length > 0 ? judgeTriggers(triggers) : examineSink(context);
    },
  },
];

/** Whether events come through Eventarc. */
export async function hasTriggers(context: DoctorContext): Promise<boolean> {
  return (await listTriggers(context)).length > 0;
}

interface Trigger {
  readonly id: string;
  readonly serviceName: string;
  readonly methodName: string;
  /** Why it does not work; empty = it does. */
  readonly conditions: readonly string[];
}

async function listTriggers({ clients, ownProject }: DoctorContext): Promise<readonly Trigger[]> {
  const { projects } = await clients.eventarc();
  const parent = `projects/${ownProject}/locations/global`;
  const { data } = await ask(() => projects.locations.triggers.list({ parent, pageSize: 1000 }));
  return (data.triggers ?? []).flatMap(({ name, eventFilters, conditions }) => {
    const id = name?.split('/').at(-1) ?? '';
    const filterOf = (attribute: string) => eventFilters?.find((one) => one.attribute === attribute)?.value ?? '';
    if (!id.startsWith('sallyport-')) return [];
    const failed = Object.values(conditions ?? {}).map(({ message, code }) => message ?? code ?? 'failed');
    return { id, serviceName: filterOf('serviceName'), methodName: filterOf('methodName'), conditions: failed };
  });
}

function judgeTriggers(triggers: readonly Trigger[]): Verdict {
  const wanted = eventarcTriggers();
  const missing = wanted.filter(
    ({ serviceName, methodName }) =>
      !triggers.some((one) => one.serviceName === serviceName && one.methodName === methodName),
  );
  const failed = triggers.filter(({ conditions }) => conditions.length > 0);
  const words = [
    ...missing.map(({ methodName }) => `no trigger for ${methodName}`),
    ...failed.map(({ id, conditions }) => `${id}: ${conditions.join(', ')}`),
  ];
  if (words.length > 0) return problem(words.join('; '), 'terraform -chdir=infra apply; until then the sweep repairs');
  return ok(`Eventarc: ${wanted.length} triggers`);
}

async function examineSink({ clients, ownProject }: DoctorContext): Promise<Verdict> {
  const { projects } = await clients.logging();
  const { data } = await ask(() => projects.sinks.list({ parent: `projects/${ownProject}` }));
  const sink = (data.sinks ?? []).find(({ name }) => name === 'sallyport-events');
  if (!sink) return findOtherSink();
  if (sink.disabled) {
    return problem(
      'the log sink is switched off',
      `gcloud logging sinks update sallyport-events --no-disabled --project=${ownProject}`,
    );
  }
  if (withoutSpaces(sink.filter ?? '') !== withoutSpaces(sinkFilter())) {
    return problem('the log sink has another filter than this version', 'terraform -chdir=infra apply');
  }
  return ok('log sink, with the filter of this version');

  /** A sink of a folder or organisation is seen there only; its subscription is in the own project. */
  async function findOtherSink(): Promise<Verdict> {
    const pubsub = await clients.pubsub();
    const subscription = `projects/${ownProject}/subscriptions/sallyport-events`;
    if (await find(() => pubsub.projects.subscriptions.get({ subscription }))) {
      return unknown(
        'the log sink is in a folder or organisation',
        'gcloud logging sinks describe sallyport-events --organization=ORGANIZATION (or --folder=FOLDER)',
      );
    }
    return problem(
      'neither Eventarc triggers nor a log sink: only the sweep sees changes',
      'terraform -chdir=infra apply',
    );
  }
}

function withoutSpaces(text: string): string {
  return text.replaceAll(/\s+/g, '');
}
