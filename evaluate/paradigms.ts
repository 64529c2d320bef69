// `millrace evaluate paradigms`: what the language model is worth in each of its roles.
import { CATALOGUE, readFilms, representFilms } from './paradigms/catalogue.ts';
import { policyRows } from './paradigms/policies.ts';
import { roleRows } from './paradigms/roles.ts';
import type { Protocol } from './protocol.ts';

/** Number of splits, candidate draws and orders that a figure is the mean of. */
const SEEDS = 3;

export const paradigms: Protocol = {
  name: 'paradigms',
  doc: `The language model (LLM_MODEL) in its roles, on choices: which of 20 films is the user's next liked one,
the other 19 about as popular and never rated by the user, of the ${CATALOGUE} most rated; ${SEEDS} seeds choose
users, candidates and order. NDCG@10, AUC, likes of the best five (reward), n. Policies: 200 users held
out; heads learn from the others. Roles: the fast tier alone and with each added, on the last 30 % in
time, each choice ranked before it is learned from; what the model must be asked at the decision is asked
of --limit choices a seed, or of up to 20 for a minute ("asked"). Vectors and answers are kept in the
folder of parts.`,
  datasets: ['movielens'],
  async run(judged) {
    const { dataset, folder, seed, config, progress } = judged;
    const films = await readFilms(folder);
    progress(`${films.ratings.length} ratings of ${films.films.size} films`);
    const space = await representFilms(films, config, judged);
    const seeds = Array.from({ length: SEEDS }, (_, i) => seed * SEEDS + i);
    const { n, rows } = policyRows(films, space, seeds, judged);
    const roles = await roleRows(films, space, seeds, judged);
    return { protocol: 'paradigms', dataset, n, seed, rows: [...rows, ...roles] };
  },
};
