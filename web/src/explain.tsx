import { useState } from 'preact/hooks';
import { Arrow, Cross, Tick } from './icons';
import type { Objects } from './kube';
import { blamedField, fieldIn, isGood, jsonIn, type Hop, type Report } from './report';
import { CopyButton, ObjectName, YamlBlock } from './object';

interface Props { report: Report; objects: Objects; hop: number | null; onHop(hop: number | null): void; /** Null where the page may only look. */ onApply: ((manifest: string) => Promise<string[]>) | null }

/** The answer to one question: how it ends, whose fault it is and what mends it, then hop by hop. */
export function ExplainView({ report, objects, hop, onHop, onApply }: Props) {
  const [said, setSaid] = useState('');
  const good = isGood(report);
  const field = blamedField(report);
  const fixed = jsonIn(report.command);
  const culprit = report.culprit ? objects.find(report.culprit) : undefined;
  return (
    <div class="explain">
      <div class={`verdict ${good ? 'good' : 'bad'}`} role="status">
        <span class="badge">{good ? <Tick size={16} /> : <Cross size={16} />}</span>
        <div><strong>{endOf(report.verdict)}</strong>{report.why && <p>{report.why}</p>}</div>
      </div>
      {report.culprit && (
        <section class="culprit">
          <h3>At fault</h3>
          <p class="what"><ObjectName name={report.culprit} />{field && <code class="field">{field}</code>}</p>
          {culprit && <YamlBlock value={culprit} field={field ?? usual(culprit.kind)} short />}
        </section>
      )}
      {report.fix && (
        <section class="fix">
          <h3>The smallest fix</h3>
          <p>{sentence(report.fix)}</p>
          {fixed !== null && <YamlBlock value={fixed} copy />}
          {onApply && isObject(fixed) && <button class="act" onClick={() => onApply(JSON.stringify(fixed)).then(done => setSaid(done.join(', ')), (e: Error) => setSaid(e.message))}>Apply</button>}
          {said && <p class="aside" role="status">{said}</p>}
          {report.command && fixed === null && <div class="command"><code>{report.command}</code><CopyButton text={report.command} /></div>}
          {report.command && fixed !== null && <p class="aside">or by <CopyButton text={report.command} label="the command" /></p>}
        </section>
      )}
      <section class="sides" aria-label="Predicted and observed">
        <div><h3>Predicted</h3><p>{endOf(report.verdict)}</p><small>{report.expected.length ? `the sender hears: ${report.expected.map(heard).join(' or ')}` : 'any answer is possible'}</small></div>
        <div><h3>Observed</h3>{report.probe
          ? <><p>{heard(report.probe.answer)}</p><small>{report.probe.arrived === null ? report.probe.error ?? 'by a real packet' : report.probe.arrived ? `seen to arrive${report.probe.endPoint ? ` at ${report.probe.endPoint}` : ''}` : 'nobody saw it arrive'}{report.web?.status ? `; answered ${report.web.status}` : ''}</small></>
          : <><p class="none">nothing sent</p><small>the plan alone</small></>}</div>
      </section>
      {report.disagreements.map(d => <p class="disagreement" role="alert">This is a bug in Vitrine: {d}</p>)}
      {report.naming.length > 0 && <Hops title="The name" hops={report.naming} objects={objects} />}
      <Hops title="The way there" hops={report.forward} objects={objects} first={0} open={hop} onOpen={onHop} />
      {report.endpoints.length > 0 && <Endpoints report={report} />}
      {report.web && <WebPart report={report} objects={objects} />}
      {report.onward.length > 0 && <Hops title="From the gateway" hops={report.onward} objects={objects} first={report.forward.length} open={hop} onOpen={onHop} />}
      {report.reply.length > 0 && <Fold title={`The way back · ${report.reply.length} hops`}><Hops hops={report.reply} objects={objects} /></Fold>}
      {report.seenAs && <p class="seen"><span>Seen as</span> {report.seenAs}</p>}
    </div>
  );
}

function Hops({ title, hops, objects, first, open, onOpen }: { title?: string; hops: Hop[]; objects: Objects; first?: number; open?: number | null; onOpen?(hop: number | null): void }) {
  const [own, setOwn] = useState<number | null>(null);
  const shown = first === undefined ? own : open ?? null;
  const toggle = (i: number) => first === undefined ? setOwn(own === i ? null : i) : onOpen!(open === i ? null : i);
  return (
    <section class="hops">
      {title && <h3>{title}</h3>}
      <ol>{hops.map((h, i) => {
        const n = (first ?? 0) + i;
        return (
          <li key={i} class={h.passed ? '' : 'bad'}>
            <button class="hop" aria-expanded={shown === n} onClick={() => toggle(n)}>
              <span class="number">{h.passed ? first === undefined ? '·' : n + 1 : <Cross size={11} />}</span>
              <span class="text"><b>{h.where === 'host' ? 'this machine' : h.where.replace(/^pod\/(default\/)?|^node\//, '')}</b><span>{h.what}</span>{h.entry && <code>{h.entry}</code>}{h.inTunnel && <em>in the tunnel's envelope</em>}</span>
              {h.lost.length > 0 && <span class="lost" title="not taken">{h.lost.length} lost</span>}
            </button>
            {shown === n && <HopDetail hop={h} objects={objects} />}
          </li>
        );
      })}</ol>
    </section>
  );
}

function HopDetail({ hop, objects }: { hop: Hop; objects: Objects }) {
  const object = objects.find(hop.object);
  return (
    <div class="hopdetail">
      <dl>
        {(hop.input || hop.output) && <><dt>interface</dt><dd><code>{hop.input ?? ''}{hop.input && hop.output ? ' → ' : ''}{hop.output ?? ''}</code></dd></>}
        <dt>{hop.observed ? 'in the kernel' : 'planned'}</dt><dd><code>{hop.entry ?? 'no entry'}</code></dd>
        <dt>because of</dt><dd><ObjectName name={hop.object} /></dd>
      </dl>
      {hop.lost.length > 0 && <div class="losers"><h4>Not taken</h4><ul>{hop.lost.map(l => { const at = l.lastIndexOf(': '); return <li><code>{at > 0 ? l.slice(0, at) : l}</code>{at > 0 && <span>{l.slice(at + 2)}</span>}</li>; })}</ul></div>}
      {object && <YamlBlock value={object} field={fieldIn(hop.what, hop.entry) ?? usual(object.kind)} short />}
    </div>
  );
}

/** The field of a kind that routes packets. */
const usual = (kind: string | undefined) => kind === 'Service' ? 'spec.ports' : kind === 'Node' ? 'spec.podCIDRs' : kind === 'Pod' ? 'status.podIPs' : kind === 'NetworkPolicy' ? 'spec' : null;

function Endpoints({ report }: { report: Report }) {
  return (
    <section class="endpoints"><h3>Endpoints</h3>
      <ul>{report.endpoints.map(e => <li class={e.chosen ? 'chosen' : ''}><span class="tick">{e.chosen ? e.verdict && !['Delivered', 'NotKnown'].includes(e.verdict) ? <Cross size={12} /> : <Tick size={12} /> : '–'}</span><span><b>{e.object.replace(/^pod\/[^/]+\//, '')}</b> <code>{e.endPoint}</code><small>{e.why}</small></span></li>)}</ul>
    </section>
  );
}

function WebPart({ report, objects }: { report: Report; objects: Objects }) {
  const web = report.web!;
  const rule = web.rule ? objects.find(web.rule) : undefined;
  return (
    <section class="web"><h3>The request</h3>
      <dl><dt>asks</dt><dd><code>{web.request}</code></dd><dt>listener</dt><dd>{web.listener}</dd>
        {web.certificate && <><dt>certificate</dt><dd>{web.certificate}</dd></>}
        {web.rule && <><dt>rule</dt><dd><ObjectName name={web.rule} /> <code class="field">{fieldIn(web.rule)}</code></dd></>}
        {web.filters.map(f => <><dt>filter</dt><dd>{f}</dd></>)}
        {web.backends.map(b => <><dt>backend</dt><dd>{b.service ? `${b.service}:${b.port}` : 'leads nowhere'}, {b.endpoints.length} endpoints</dd></>)}
        {web.status && <><dt>answer</dt><dd>{web.status}</dd></>}
      </dl>
      {rule && <YamlBlock value={rule} field={fieldIn(web.rule)} short />}
      {web.lost.length > 0 && <Fold title={`${web.lost.length} rules did not take it`}><ul class="lostrules">{web.lost.map(l => <li><code>{l.rule}</code><span>{l.why}</span></li>)}</ul></Fold>}
    </section>
  );
}

export function Fold({ title, children }: { title: string; children: preact.ComponentChildren }) { return <details class="fold"><summary>{title}</summary>{children}</details>; }

export const Question = ({ report }: { report: Report }) => <h2 class="question"><span>{short(report.source)}</span><Arrow /><span>{short(report.web?.request.replace(/^GET /, '') ?? report.destination)}{report.port && !report.web ? `:${report.port}` : ''}</span></h2>;

const short = (name: string) => name.replace(/^(pod|service)\/default\//, '').replace(/^(pod|service)\//, '').replace(/^host$/, 'this machine');

const SAID: Record<string, string> = {
  Delivered: 'It arrives', Refused: 'Refused', Dropped: 'Dropped in silence', Unreachable: 'No way there', TooBig: 'Too big for a link on the way', NotRunning: 'One end is not there', NoWayBack: 'The answer gets lost',
  LeavesCluster: 'It leaves the cluster', NotKnown: 'It gets there, as far as is known', SomeEndpointsFail: 'Some endpoints do not take it', NoSuchName: 'There is no such name', NoRule: 'No rule takes it', NoCertificate: 'No certificate for this name',
  KeptOut: 'A rule keeps it out', BrokenReference: 'The rule leads nowhere', NoEndpoint: 'Nobody is behind it',
};
const endOf = (verdict: string) => SAID[verdict] ?? verdict;
const HEARD: Record<string, string> = { Answered: 'an answer', Refused: 'refused', Silent: 'nothing', Unreachable: 'no way there', Prohibited: 'prohibited', TooBig: 'too big' };
const heard = (answer: string) => HEARD[answer] ?? answer;
const isObject = (value: unknown) => typeof value === 'object' && value !== null && 'kind' in value;
const sentence = (text: string) => text.replace(/ with spec: \{.*$/s, ':').replace(/^./, c => c.toUpperCase());
