// `millrace/run`: a topology on a broker, exactly once, from a program of your own; and what a file for
// `millrace run --topology` exports as its default.
export { type RunTopologyOptions, runTopology } from '../app/run-topology.ts';
export type { TopologyFile, TopologyFileOptions } from '../app/topology-file.ts';
