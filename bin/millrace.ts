#!/usr/bin/env node
// The command line: the only place where everything is put together.
import { Command, Option } from 'commander';
import { readConfig } from '../infra/config.ts';
import { forPeople } from '../infra/kafka/failures.ts';
import { MillraceError } from '../schemas/errors.ts';
import { addDescribe } from './commands/describe.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEvaluate } from './commands/evaluate.ts';
import { addExperiment } from './commands/experiment.ts';
import { addExplain } from './commands/explain.ts';
import { addDemo, addReplay } from './commands/loops.ts';
import { addOpe } from './commands/ope.ts';
import { addRebuild } from './commands/rebuild.ts';
import { addRun } from './commands/run.ts';
import { addSimulate } from './commands/simulate.ts';
import { addSql } from './commands/sql.ts';
import { addTopics } from './commands/topics.ts';
import { addTune } from './commands/tune.ts';

const program = new Command('millrace')
  .description('A stream-processing reinforcement-learning recommender on Kafka.')
  .option('--data-dir <dir>', 'all state lives here (default: .millrace in the project)')
  .option('--host <address>', 'interface to listen on (default: 127.0.0.1)')
  .option('--port <port>', 'dashboard; a taken port is stepped over (default: 8080)')
  .option('--sql-port <port>', 'SQL over HTTP; a taken port is stepped over (default: 8123)')
  .option('--partitions <n>', 'partitions of the topics keyed by user (default: 1)')
  .option('--seed <n>', 'seed of every draw (default: 1)')
  .addOption(new Option('--debug', 'show the stack of an error').hideHelp())
  .enablePositionalOptions(false)
  .showHelpAfterError('(see millrace --help)');

const context = { config: () => readConfig(process.env, program.opts()) };
addDemo(program, context);
addReplay(program, context);
addRun(program, context);
addTopics(program, context);
addRebuild(program, context);
addOpe(program, context);
addEvaluate(program, context);
addExperiment(program, context);
addSimulate(program, context);
addExplain(program, context);
addTune(program, context);
addSql(program, context);
addDescribe(program);
addDoctor(program, context);

try {
  await program.parseAsync();
} catch (error) {
  report(forPeople(error));
  process.exitCode = 1;
}
// The engines leave threads behind that keep a process alive; everything of ours is closed by now.
process.exit();

function report(error: unknown): void {
  const debug = program.opts().debug === true;
  if (error instanceof MillraceError && !debug) {
    process.stderr.write(`\nError (${error.code}): ${error.message}\n`);
  } else {
    const { stack = String(error) } = error as Error;
    process.stderr.write(`\nUnexpected error: ${stack}\n`);
  }
}
