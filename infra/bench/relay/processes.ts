import { readFile } from 'node:fs/promises';

/** Kernel ticks a second in /proc/PID/stat: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Seconds of processor time that a process has used in all its threads. */
export async function cpuSeconds(pid: number): Promise<number> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Resident memory of a process in megabytes. */
export async function residentMegabytes(pid: number): Promise<number> {
	const status = await readFile(`/proc/${pid}/status`, 'utf8');
	return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** Direct children of a process whose program has this name. */
export async function childrenNamed(pid: number, name: string): Promise<number[]> {
	const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').filter(Boolean).map(Number);
	const named = await Promise.all(
		children.map(async (child) => ((await readFile(`/proc/${child}/comm`, 'utf8')).startsWith(name.slice(0, 15)) ? child : null)),
	);
	return named.filter((child) => child !== null);
}
