// What a measurement costs, by the kernel's own counts (Linux; elsewhere these are zero).
import { readFileSync } from 'node:fs';

/** Length of a tick of /proc, s. */
const tick = 0.01;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** User and system time of another process so far, s. */
export function cpuSecondsOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  // The command's name may hold spaces; what follows its last bracket does not.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * tick;
}

/**
 * Time so far in which cores worked, and in which the hypervisor gave them to others, s, summed
 * over the cores.
 */
export function machineSeconds(): { busy: number; stolen: number } {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = read('/proc/stat')
    .split('\n', 1)[0]!
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return { busy: (user + nice + system + irq + softirq) * tick, stolen: steal * tick };
}

function memory(pid: number | 'self', field: 'VmHWM' | 'VmRSS'): number {
  const found = new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(read(`/proc/${pid}/status`));
  return Number(found?.[1] ?? 0) / 1024;
}

/** Largest resident memory that a process has had, MiB. */
export const peakMiB = (pid: number | 'self' = 'self'): number => memory(pid, 'VmHWM');

/** Resident memory of a process now, MiB. */
export const residentMiB = (pid: number): number => memory(pid, 'VmRSS');

/** User and system time of this process so far, over all its threads, s. */
export function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** All counters at one moment; the differences of two readings are what a measurement cost. */
export function readCounters(brokerPid: number) {
  const machine = machineSeconds();
  return {
    // Since the epoch, so that threads agree.
    at: (performance.timeOrigin + performance.now()) / 1000,
    cpu: ownCpuSeconds(),
    broker: cpuSecondsOf(brokerPid),
    ...machine,
  };
}

export type Counters = ReturnType<typeof readCounters>;
