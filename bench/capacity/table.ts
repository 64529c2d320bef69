// From what one core does to what members do together, and what is full first.
import type { Measured } from './size.ts';

export interface Row {
  readonly users: number;
  readonly items: number;
  readonly members: number;
  /** Requests that the members decide, with their feedback, a second. */
  readonly decided: number;
  /** Requests a second that are decided and learned from in time; beyond it examples wait in the topic. */
  readonly requests: number;
  /** Events at that rate: requests, slates and feedback, a second. */
  readonly events: number;
  /** State of the users on each member, MB. */
  readonly stateMb: number;
  /** What is full first at this rate. */
  readonly full: 'serve' | 'learn' | 'partitions';
}

/** Feedback events of a request: a tenth of ten items. */
export const feedbackOf = 1;

/**
 * Members work on partitions of their own, so their rates add up; the learner is one process, whose examples are
 * the slates of all members. Members beyond the partitions stand by.
 * @param partitions of the topics keyed by user
 */
export function capacity(one: Measured, members: number, partitions: number): Row {
  const working = Math.min(members, partitions);
  const perRequest = 1 / one.requests + feedbackOf / one.feedback;
  const served = working / perRequest;
  const requests = Math.min(served, one.examples);
  const full = requests < served ? 'learn' : members > partitions ? 'partitions' : 'serve';
  return {
    ...{ users: one.users, items: one.items, members, decided: served, requests, full },
    events: requests * (2 + feedbackOf),
    stateMb: (one.users * one.userBytes) / working / 1e6,
  };
}
