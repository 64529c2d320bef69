// Settings of the recommender: who is served by what, what is on its way into service, how long feedback is
// waited for, and where candidates come from.
import { z } from 'zod';
import { guardrailLimits } from '../../models/experiment/guardrails.ts';
import { promotionRules } from '../../models/experiment/promotion.ts';
import { retrievers } from '../../models/learner.ts';
import { policyNames } from '../../models/policies.ts';
import { ruleShape } from '../../schemas/rule-input.ts';
import { borderDefaults } from '../../schemas/rules.ts';
import { learnDefaults } from '../../streams/learn/snapshot-rule.ts';
import { retrieverDefaults } from '../../streams/serve/candidates.ts';
import { safeVariants } from '../../streams/serve/decide.ts';
import { serveDefaults } from '../../streams/serve/stage.ts';
import { listOf, number, oneOf, setting, whole } from './fields.ts';
import { nearest } from './nearest.ts';

const name = z
  .string('a name is wanted')
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, dot, dash and underscore only');

const share = number(0, 1);
const users = whole(1, 1_000_000_000);

/** Temperature and floor of a distribution; what is absent comes from `exploration`. */
const ownExploration = z.strictObject({
  temperature: setting(number(0, 1_000, { above: true }).optional(), {
    description: 'Divides the scores of this variant. Small is greedy.',
    unit: 'above 0',
    unset: '`exploration.temperature`',
  }),
  floor: setting(share.optional(), {
    description: 'Share of the uniform distribution mixed into this variant.',
    unit: '0 to 1',
    unset: '`exploration.floor`',
  }),
});

const variant = z.strictObject({
  name: setting(name, {
    description: 'Distinct; logged with every slate it serves.',
    unit: 'letters, digits, `.`, `-`, `_`',
    unset: 'required',
  }),
  policy: setting(
    z.string('the name of a policy is wanted').refine((value) => policyNames.includes(value), {
      error: ({ input }) => {
        const near = nearest(String(input), policyNames);
        const meant = near ? `is ${near} meant? There are also` : 'there are';
        const others = policyNames.filter((one) => one !== near).join(', ');
        return `there is no policy ${input}; ${meant} ${others}`;
      },
    }),
    {
      description: `One of ${policyNames.map((one) => `\`${one}\``).join(', ')}.`,
      unit: 'name of a policy',
      unset: 'required',
    },
  ),
  share: setting(number(0, 1_000_000).default(1), {
    description:
      'Weight of the variant: its part of the users is its share over the sum of all. With 0 nobody is served by it, and what it would have shown is logged.',
    unit: '0 to 1 000 000',
  }),
  exploration: ownExploration.prefault({}),
});

const rules = z.strictObject({
  least: z
    .strictObject({
      gate: setting(users.default(promotionRules.least.gate), {
        description: 'Users judged off-policy before the candidate may pass the gate.',
        unit: 'users',
      }),
      shadow: setting(users.default(promotionRules.least.shadow), {
        description: 'Users for whom its slates were logged, without being shown.',
        unit: 'users',
      }),
      canary: setting(users.default(promotionRules.least.canary), {
        description: 'Users of its arm before the A/B test.',
        unit: 'users',
      }),
      arm: setting(users.default(promotionRules.least.arm), {
        description: 'Users that each arm needs before the two are compared.',
        unit: 'users',
      }),
    })
    .prefault({}),
  patience: setting(users.default(promotionRules.patience), {
    description: 'Users of its arm after which the A/B test ends without a finding.',
    unit: 'users',
  }),
  share: z
    .strictObject({
      canary: setting(share.default(promotionRules.share.canary), {
        description: 'Its part of the users of the pair as a canary.',
        unit: '0 to 1',
      }),
      ab: setting(share.default(promotionRules.share.ab), {
        description: 'The same in the A/B test.',
        unit: '0 to 1',
      }),
      promoted: setting(share.default(promotionRules.share.promoted), {
        description: 'The same once it is promoted; the others are a hold-out.',
        unit: '0 to 1',
      }),
    })
    .prefault({}),
  sampleRatioAlpha: setting(
    number(0, 1, { above: true }).default(promotionRules.sampleRatioAlpha),
    {
      description: 'p value at or below which the assignment of users counts as broken.',
      unit: 'above 0, to 1',
    },
  ),
  alpha: setting(number(0, 1, { above: true }).default(promotionRules.alpha), {
    description:
      'Chance that any of its phases ever finds a difference that is not there. Each phase spends a part of it.',
    unit: 'above 0, to 1',
  }),
  margin: setting(share.default(promotionRules.margin), {
    description:
      "Part of the incumbent's reward per slate that it may lose by its lower bound and still leave shadow and canary.",
    unit: '0 to 1',
  }),
  support: setting(share.default(promotionRules.support), {
    description:
      'Least mean weight off-policy, least effective users as a part of the least users, and least part of the slates that its own policy decides, at which it is judged.',
    unit: '0 to 1',
  }),
});

const limits = z.strictObject({
  latency: setting(number(0, 1_000).default(guardrailLimits.latency), {
    description: "Its mean latency over the incumbent's, less the slack, at most.",
    unit: 'ratio',
  }),
  latencySlackMs: setting(number(0, 60_000).default(guardrailLimits.latencySlackMs), {
    description: 'Time that nobody notices.',
    unit: 'ms',
  }),
  coverage: setting(number(0, 1_000).default(guardrailLimits.coverage), {
    description: "Its effective number of items over the incumbent's, at least.",
    unit: 'ratio',
  }),
  groups: setting(number(0, 1_000).default(guardrailLimits.groups), {
    description: "Its unfairness to groups (DGU) less the incumbent's, at most.",
    unit: 'DGU',
  }),
});

const candidate = z.strictObject({
  variant: setting(name, {
    description:
      'The variant that is to come into service: judged off-policy, in shadow, as a canary, by A/B; then promoted, or stopped. It begins without users, whatever its share.',
    unit: 'name of a variant',
    unset: 'required',
  }),
  incumbent: setting(name.optional(), {
    description:
      'The variant it would replace. The two divide the sum of their shares. An incumbent has one candidate at a time.',
    unit: 'name of a variant',
    unset: '`incumbent`',
  }),
  rules: rules.prefault({}),
  limits: limits.prefault({}),
});

export const recommender = {
  variants: setting(
    z
      .array(variant, 'a list of variants is wanted')
      .min(1, 'one variant at least is wanted')
      .default(safeVariants.map((one) => ({ ...one }))),
    {
      description:
        'Who serves the users, and what else is judged by what they do. Before the first snapshot of its policy a variant serves popular items.',
      unit: 'list',
      unset: 'one, `millrace`: the learning policy, for everybody',
    },
  ),
  exploration: z
    .strictObject({
      temperature: setting(number(0, 1_000, { above: true }).default(0.2), {
        description: 'Divides the scores of variants that name no temperature. Small is greedy.',
        unit: 'above 0',
      }),
      floor: setting(share.default(0.05), {
        description:
          'Share of the uniform distribution mixed into variants that name no floor, so that every item has a known probability. 0 leaves items that no log can judge.',
        unit: '0 to 1',
      }),
    })
    .prefault({}),
  incumbent: setting(name.optional(), {
    description: 'The variant that candidates are held against, unless they name another.',
    unit: 'name of a variant',
    unset: 'the first variant that is no candidate',
  }),
  outcomes: setting(z.enum(['logged', 'simulated']).default('logged'), {
    description:
      "Whose answers candidates, experiments, `ope` and the page are judged by: people's, or the simulator's of the demo. The two are never mixed.",
    unit: '`logged` or `simulated`',
  }),
  candidates: setting(z.array(candidate, 'a list of candidates is wanted').default([]), {
    description: 'Variants on their way into service.',
    unit: 'list',
    unset: 'none',
  }),
  rules: setting(z.array(ruleShape, 'a list of rules is wanted').optional(), {
    description:
      'Rules of the shop: what may be shown where, to whom, whatever the policy says ([rules](rules.md)). They are put at the start, and those that are no longer here are removed.',
    unit: 'list',
    unset: 'what is there stays; `[]` removes what a file has put',
  }),
  attribution: z
    .strictObject({
      windowMs: setting(whole(1, 31_536_000_000).default(serveDefaults.attributionWindowMs), {
        description:
          'How long a slate that another system showed waits for feedback. Then an item without any has reward 0.',
        unit: 'ms, event time',
      }),
      servedWindowMs: setting(whole(1, 31_536_000_000).default(serveDefaults.servedWindowMs), {
        description: 'The same for a slate served here.',
        unit: 'ms, event time',
      }),
      waitMs: setting(whole(0, 60_000).default(500), {
        description:
          'How long rows of your topics wait for rows of earlier times on others of them that are at their end, so that feedback comes after its slate ([live topics](your-data.md#topics)).',
        unit: 'ms',
      }),
    })
    .prefault({}),
  border: z
    .strictObject({
      value: z
        .strictObject({
          least: setting(number(-1e12, 1e12).default(borderDefaults.value.least), {
            description: 'Least reward that feedback may have; a record beyond it is refused.',
            unit: 'unit of the log',
          }),
          most: setting(number(-1e12, 1e12).default(borderDefaults.value.most), {
            description: 'Largest reward that feedback may have, such as 5 for stars.',
            unit: 'unit of the log',
          }),
        })
        .refine(({ least, most }) => least < most, '`least` must be below `most`')
        .prefault({}),
    })
    .prefault({}),
  retrievers: z
    .strictObject({
      total: setting(whole(1, 100_000).default(retrieverDefaults.total), {
        description: 'Items scored for a request that names no candidates.',
        unit: 'items',
      }),
      similar: setting(whole(0, 100_000).default(retrieverDefaults.similar), {
        description: 'Of these, how many may come by similarity of vectors to what the user liked.',
        unit: 'items',
      }),
      turns: setting(
        listOf(oneOf(...retrievers), `some of ${retrievers.join(', ')} are wanted`).default([
          ...retrieverDefaults.turns,
        ]),
        {
          description:
            'Where the others come from, in turns, over and over: near what the user liked, popular lately, fresh, or anything.',
          unit: `list of ${retrievers.map((one) => `\`${one}\``).join(', ')}`,
        },
      ),
    })
    .prefault({}),
  learning: z
    .strictObject({
      snapshotEvery: setting(whole(1, 1_000_000_000).default(learnDefaults.snapshotEvery), {
        description: 'A snapshot of the policy after so many examples.',
        unit: 'examples',
      }),
      snapshotEveryServed: setting(
        whole(1, 1_000_000_000).default(learnDefaults.snapshotEveryServed),
        {
          description: 'Or after so many of slates served here.',
          unit: 'examples',
        },
      ),
    })
    .prefault({}),
};
