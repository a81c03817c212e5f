// `holdfast agent`: a model behind the chat completions of any address as an agent of any server. Ollama,
// llama.cpp, vLLM, LM Studio and OpenAI speak them. The key comes by the environment only.

import { type Model, openAi } from '../../src/adapters/openai/model.ts';
import { RunFailure } from '../../src/agent/error.ts';
import { type AgentPlatform, serveAgent } from '../../src/agent/serve.ts';
import type { Handler } from '../../src/agent/conduct.ts';
import { HoldfastError } from '../../src/base/error.ts';
import { linkOf, type LinkFlags, untilStopped, withLinkOptions } from './agent-link.ts';
import type { CliCommand } from './frame.ts';
import { UsageError } from './usage.ts';

interface AgentFlags extends LinkFlags {
  readonly name?: string;
  readonly model?: string;
  readonly baseUrl?: string;
  readonly system?: string;
}

const CONCURRENCY = 8;

export const agentCommand: CliCommand = {
  name: 'agent',
  summary: 'run a model as an agent, from any address that speaks chat completions',
  define(command, surroundings) {
    withLinkOptions(command)
      .option('--name <name>', 'under which it is asked; assistant by default')
      .option('--model <model>', 'as its server calls it (OPENAI_MODEL)')
      .option(
        '--base-url <url>',
        'of its server, such as http://localhost:11434/v1 (OPENAI_BASE_URL)',
      )
      .option('--system <words>', 'what it is told before each conversation')
      .action(async (flags: AgentFlags) => {
        const { env, clock, chance, err } = surroundings;
        const { name = 'assistant', system } = flags;
        const model = openAi({
          baseUrl: needed(flags.baseUrl ?? env['OPENAI_BASE_URL'], '--base-url', 'OPENAI_BASE_URL'),
          model: needed(flags.model ?? env['OPENAI_MODEL'], '--model', 'OPENAI_MODEL'),
          apiKey: env['OPENAI_API_KEY'] || undefined,
        });
        const link = await linkOf(flags, name, surroundings);
        const platform: Partial<AgentPlatform> = { clock, chance };
        const agent = serveAgent({
          ...link,
          name,
          platform,
          concurrency: CONCURRENCY,
          handler: modelHandler(model, system),
          onError: (error) => err(`${name}: ${wordsOf(error)}\n`),
        });
        await untilStopped([agent], flags, surroundings);
      });
  },
};

/** Answers with what the model says. Where it fails, people read why in the words of the adapter. */
function modelHandler(model: Model, system?: string): Handler {
  return async (run) => {
    const asked = { signal: run.signal, ...(system !== undefined && { system }) };
    try {
      await run.pipe(model.stream(run.messages, asked));
    } catch (error) {
      if (error instanceof HoldfastError && error.name === 'ModelError') {
        throw new RunFailure(error.message, error.code);
      }
      throw error;
    }
  };
}

function needed(value: string | undefined, flag: string, variable: string): string {
  if (value) return value;
  throw new UsageError(`Say which model to run: ${flag} or ${variable} is missing.`);
}

const wordsOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
