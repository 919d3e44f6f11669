import { describe, expect, it } from 'vitest';
import { Objects } from '../src/kube';
import { placeText, podBy, sceneOf } from '../src/scene';
import { node, objects, pod, scene, service, slice } from './objects';

describe('the scene', () => {
  it('has the objects of the API, pods on their nodes', () => {
    const s = scene({ Node: [node('node-10'), node('node-2')], Pod: [pod('b', 'node-2'), pod('a', 'node-2'), pod('c', '')], Service: [service('web')], EndpointSlice: [slice('web', ['a'])] });
    expect(s.nodes.map(n => n.name)).toEqual(['node-2', 'node-10']);
    expect(s.nodes[0]!.pods.map(p => p.name)).toEqual(['a', 'b']);
    expect(s.waiting.map(p => p.name)).toEqual(['c']);
    expect(s.services[0]!.endpoints).toEqual([{ pod: 'pod/default/a', node: 'node-2', address: '10.244.1.5', ready: true }]);
  });

  it('follows changes', () => {
    const all = objects({ Node: [node('n')], Pod: [pod('a', 'n')] });
    all.change({ type: 'ADDED', kind: 'Pod', apiVersion: 'v1', object: pod('b', 'n') });
    all.change({ type: 'DELETED', kind: 'Pod', apiVersion: 'v1', object: pod('a', 'n') });
    expect(sceneOf(all).nodes[0]!.pods.map(p => p.name)).toEqual(['b']);
  });

  it('tells what a pod is up to', () => {
    const state = (status: unknown, metadata = {}) => scene({ Node: [node('n')], Pod: [pod('a', 'n', { status, metadata: { name: 'a', namespace: 'default', ...metadata } })] }).nodes[0]!.pods[0]!;
    expect(state({ phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }], containerStatuses: [{ name: 'main', ready: false, state: { running: {} } }] }).state).toBe('starting');
    expect(state({ phase: 'Running', containerStatuses: [{ name: 'main', state: { waiting: { reason: 'CrashLoopBackOff' } } }] })).toMatchObject({ state: 'failed', says: 'CrashLoopBackOff' });
    expect(state({ phase: 'Succeeded' }).state).toBe('done');
    expect(state({ phase: 'Running' }, { deletionTimestamp: 'now' }).state).toBe('ending');
  });

  it('reads a workload out of a name only where there is one', () => {
    const named = (name: string, owner?: { kind: string; name: string }) => { const p = scene({ Node: [node('n')], Pod: [pod(name, 'n', { metadata: { name, namespace: 'default', ...owner && { ownerReferences: [owner] } } })] }).nodes[0]!.pods[0]!; return [p.stem, p.tail]; };
    expect(named('frontend-7c467f785c-bbbhd', { kind: 'ReplicaSet', name: 'frontend-7c467f785c' })).toEqual(['frontend', 'bbbhd']);
    expect(named('db-0', { kind: 'StatefulSet', name: 'db' })).toEqual(['db', '0']);
    expect(named('client-near')).toEqual(['client-near', '']);
  });

  it('takes both families of an endpoint for one', () => {
    const six = { ...slice('web', ['a']), metadata: { name: 'web-ipv6', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } } };
    expect(scene({ Service: [service('web')], EndpointSlice: [slice('web', ['a']), six] }).services[0]!.endpoints).toHaveLength(1);
  });

  it('asks about places as explain names them', () => {
    const ingress = { metadata: { name: 'shop', namespace: 'default' }, spec: { tls: [{}], rules: [{ host: '*.shop.example', http: { paths: [{ path: '/', backend: { service: { name: 'web' } } }] } }, { host: 'shop.example', http: { paths: [{ path: '/cart', backend: { service: { name: 'web' } } }] } }] } };
    const s = scene({ Node: [node('n')], Pod: [pod('a', 'n')], Service: [service('web')], Ingress: [ingress] });
    expect(placeText(s, 'service/default/web', true)).toBe('svc/default/web:80');
    expect(placeText(s, 'pod/default/a', true)).toBe('pod/default/a:80');
    expect(placeText(s, 'pod/default/a', false)).toBe('pod/default/a');
    expect(placeText(s, 'Ingress/default/shop', true)).toBe('https://shop.example/cart');
    expect(podBy(s, 'pod/default/a')?.address).toBe('10.244.1.5');
  });

  it('finds objects by the names of the command line', () => {
    const all = objects({ NetworkPolicy: [{ metadata: { name: 'closed', namespace: 'a' } }], Node: [node('n')] });
    expect(all.find('networkpolicy/a/closed')?.metadata.name).toBe('closed');
    expect(all.find('NetworkPolicy/a/closed spec.ingress[0]')?.metadata.name).toBe('closed');
    expect(all.find('node/n')?.metadata.name).toBe('n');
    expect(all.find('host')).toBeUndefined();
    expect(new Objects().find('pod/a/b')).toBeUndefined();
  });
});
