/** Objects as the API has them; only the fields the map reads are typed. */
export interface Meta { name: string; namespace?: string; uid?: string; labels?: Record<string, string>; deletionTimestamp?: string; ownerReferences?: { kind: string; name: string }[] }
export interface Kube { apiVersion?: string; kind?: string; metadata: Meta; spec?: any; status?: any; [field: string]: any }
export interface KindList { kind: string; apiVersion: string; items: Kube[] }
export interface Change { type: 'ADDED' | 'MODIFIED' | 'DELETED'; kind: string; apiVersion: string; object: Kube }

export const keyOf = (o: Kube) => o.metadata.namespace ? `${o.metadata.namespace}/${o.metadata.name}` : o.metadata.name;

/** The cluster's objects by kind and namespace/name. */
export class Objects {
  private readonly kinds = new Map<string, Map<string, Kube>>();
  version = 0;

  list(list: KindList) {
    this.kinds.set(list.kind, new Map(list.items.map(o => [keyOf(o), { ...o, apiVersion: list.apiVersion, kind: list.kind }])));
    this.version++;
  }

  change(change: Change) {
    const kind = this.kinds.get(change.kind) ?? new Map<string, Kube>();
    this.kinds.set(change.kind, kind);
    if (change.type === 'DELETED') kind.delete(keyOf(change.object));
    else kind.set(keyOf(change.object), { ...change.object, apiVersion: change.apiVersion, kind: change.kind });
    this.version++;
  }

  clear() { this.kinds.clear(); this.version++; }

  all(kind: string): Kube[] { return [...this.kinds.get(kind)?.values() ?? []]; }

  get(kind: string, key: string): Kube | undefined { return this.kinds.get(kind)?.get(key); }

  /** By a name as the CLI writes it: "pod/default/web", "Ingress/sock-shop/shop", "node/node-1". */
  find(name: string): Kube | undefined {
    const [kind = '', ...rest] = name.split(' ')[0]!.split('/');
    for (const known of this.kinds.keys())
      if (known.toLowerCase() === kind.toLowerCase()) return this.get(known, rest.join('/'));
    return undefined;
  }
}
