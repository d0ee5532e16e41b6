import { stringify } from 'yaml';
import type { ClusterJob } from './cluster-job.ts';

export interface KubernetesOptions {
  /** Has Node, the program, and for `train` an MPI with an SSH server. */
  readonly image: string;
  /** A volume that all pods can write to, with configs, data and runs. */
  readonly claim: string;
  readonly namespace?: string;
}

/** Where the volume is, and the program begins. */
const FOLDER = '/work';
/** Tries of a shard, or of a whole training, which goes on from its checkpoint. */
const RETRIES = 3;

/** Manifests by their names, and `submit.sh`, which applies them. */
export function kubernetesFiles(job: ClusterJob, options: KubernetesOptions): Readonly<Record<string, string>> {
  const { name, program, command, split } = job;
  const kubectl = `kubectl${options.namespace === undefined ? '' : ` --namespace ${options.namespace}`}`;
  const begin = ['#!/bin/sh', 'set -eu', 'cd "$(dirname "$0")"'];
  if (split.kind === 'ranks') {
    return {
      [`${name}.yaml`]: stringify(mpiJob(job, split.count, options)),
      'submit.sh': lines([...begin, `exec ${kubectl} apply -f ${name}.yaml`]),
    };
  }
  const auto = ['--shard', `auto/${split.count}`];
  return {
    [`${name}.yaml`]: stringify(indexedJob(job, [program, ...command, ...auto], split.count, options)),
    [`${name}-merge.yaml`]: stringify(
      indexedJob({ ...job, name: `${name}-merge`, cpus: 1, gpus: 0 }, [program, ...split.merge], 1, options),
    ),
    'submit.sh': lines([
      ...begin,
      `${kubectl} apply -f ${name}.yaml`,
      `${kubectl} wait --for=condition=complete --timeout=-1s job/${name}`,
      `exec ${kubectl} apply -f ${name}-merge.yaml`,
    ]),
  };
}

function indexedJob(job: ClusterJob, command: readonly string[], completions: number, options: KubernetesOptions): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata(job, options),
    spec: {
      completions,
      parallelism: completions,
      completionMode: 'Indexed',
      backoffLimitPerIndex: RETRIES,
      template: { spec: { restartPolicy: 'Never', ...pod(job, options, { command: [...command] }) } },
    },
  };
}

/** For the MPI operator of Kubeflow. */
function mpiJob(job: ClusterJob, ranks: number, options: KubernetesOptions): object {
  const { program, command } = job;
  const run = ['mpirun', '-n', String(ranks), '--bind-to', 'none', program, ...command, '--group', 'mpi'];
  return {
    apiVersion: 'kubeflow.org/v2beta1',
    kind: 'MPIJob',
    metadata: metadata(job, options),
    spec: {
      slotsPerWorker: 1,
      runPolicy: { backoffLimit: RETRIES, cleanPodPolicy: 'Running' },
      mpiReplicaSpecs: {
        Launcher: {
          replicas: 1,
          restartPolicy: 'OnFailure',
          template: { spec: pod({ ...job, cpus: 1, gpus: 0, memory: '1Gi' }, options, { command: run }) },
        },
        Worker: { replicas: ranks, template: { spec: pod(job, options, { command: ['/usr/sbin/sshd'], args: ['-De'] }) } },
      },
    },
  };
}

function metadata({ name }: ClusterJob, { namespace }: KubernetesOptions): object {
  return { name, ...(namespace !== undefined && { namespace }), labels: { 'app.kubernetes.io/name': 'd3pm' } };
}

function pod(
  { cpus, gpus, memory }: Pick<ClusterJob, 'cpus' | 'gpus' | 'memory'>,
  { image, claim }: KubernetesOptions,
  work: { readonly command: readonly string[]; readonly args?: readonly string[] },
): object {
  const limits = { cpu: String(cpus), memory, ...(gpus > 0 && { 'nvidia.com/gpu': String(gpus) }) };
  return {
    containers: [
      {
        name: 'd3pm',
        image,
        ...work,
        workingDir: FOLDER,
        resources: { requests: { cpu: String(cpus), memory }, limits },
        volumeMounts: [{ name: 'work', mountPath: FOLDER }],
      },
    ],
    volumes: [{ name: 'work', persistentVolumeClaim: { claimName: claim } }],
  };
}

function lines(of: readonly string[]): string {
  return `${of.join('\n')}\n`;
}
