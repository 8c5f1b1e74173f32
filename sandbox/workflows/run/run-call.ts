import { callbackMethods } from '../library/blocking.ts';
import { library } from '../library/index.ts';
import { map, numeric, text } from '../library/library-function.ts';
import { limits } from '../limits.ts';
import type { CallAction } from '../source/program.ts';
import type { Value } from '../value.ts';
import { raise } from '../workflow-error.ts';
import { callRoutine } from './call-routine.ts';
import { fillTemplate } from './fill-template.ts';
import type { Frame } from './run-context.ts';

/** A `call` step: a function of the library by named arguments, one that waits, or a subworkflow. */
export async function runCall(action: CallAction, frame: Frame): Promise<Value> {
  const args = new Map<string, Value>();
  for (const [name, template] of action.args) args.set(name, await fillTemplate(template, frame));
  const found = library.get(action.function);
  if (found)
    return found.run(
      found.params.map((name) => args.get(name)),
      frame.run.outside,
    );
  const routine = frame.run.program.routines.get(action.function);
  return routine ? callRoutine(routine, args, frame) : runBlocking(action.function, args, frame);
}

async function runBlocking(name: string, args: ReadonlyMap<string, Value>, { run }: Frame): Promise<Value> {
  const { outside, signal } = run;
  switch (name) {
    case 'sys.sleep':
      await outside.sleep(seconds(args.get('seconds'), 'seconds'), signal);
      return null;
    case 'sys.log': {
      const message = args.get('json') ?? args.get('text') ?? args.get('data') ?? null;
      outside.log({ severity: String(args.get('severity') ?? 'DEFAULT'), message });
      return null;
    }
    case 'events.create_callback_endpoint': {
      const method = text(args.get('http_callback_method'), 'http_callback_method');
      if (!callbackMethods.includes(method)) throw raise('ValueError', `http_callback_method ${method} is not known`);
      return outside.createCallback(method);
    }
    case 'events.await_callback': {
      const timeout = args.has('timeout') ? seconds(args.get('timeout'), 'timeout') : limits.defaultCallbackTimeout;
      if (timeout > limits.executionSeconds)
        throw raise('ValueError', `a wait of ${timeout} s is longer than an execution may be`);
      return outside.awaitCallback(map(args.get('callback'), 'callback'), timeout, signal);
    }
    default: {
      const method = name === 'http.request' ? text(args.get('method'), 'method') : name.replace('http.', '');
      return outside.http({ method: method.toUpperCase(), args }, signal);
    }
  }
}

function seconds(value: Value | undefined, what: string): number {
  const given = Number(numeric(value, what));
  if (given < 0) throw raise('ValueError', `${what} is negative`);
  return given;
}
