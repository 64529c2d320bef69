// `millrace/topics`: every topic of Millrace by its name in camelCase, the type of its events, and `topics`,
// the list of all in the order of the loop. A stage of your own names them as inputs and outputs.
export * from '../schemas/index.ts';
