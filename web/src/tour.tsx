import { useState } from 'preact/hooks';
import { CHAPTERS, type Step } from './chapters';
import { Tick } from './icons';
import { CopyButton } from './object';
import type { Report } from './report';
import type { Scene } from './scene';
import type { Source } from './source';

interface Props { scene: Scene; report: Report | null; source: Source; mayApply: boolean; chapter: number; onChapter(chapter: number): void; onOpen(id: string): void; onAsk(from: string, to: string): void }

/** The chapters on the reader's own cluster. A step that was seen to be done stays so. */
export function Tour({ scene, report, source, mayApply, chapter, onChapter, onOpen, onAsk }: Props) {
  const [seen, setSeen] = useState<Record<string, boolean>>({});
  const [said, setSaid] = useState('');
  const shown = CHAPTERS[chapter] ?? CHAPTERS[0]!;
  const states = shown.steps.map((s, i) => s.done(scene, report) || seen[`${chapter}.${i}`] === true);
  const news = shown.steps.findIndex((s, i) => s.done(scene, report) && !seen[`${chapter}.${i}`]);
  if (news >= 0) queueMicrotask(() => setSeen(s => ({ ...s, [`${chapter}.${news}`]: true })));
  const next = states.indexOf(false);
  const run = (step: Step) => source.apply(step.manifest!, step.remove === true).then(done => setSaid(done.join(', ')), e => setSaid(e.message));
  return (
    <div class="tour">
      <nav class="chapters" aria-label="Chapters">{CHAPTERS.map((c, i) => <button key={c.title} class={i === chapter ? 'chosen' : ''} aria-current={i === chapter} onClick={() => onChapter(i)}><small>{i + 1}</small>{c.title}</button>)}</nav>
      <p class="about">{shown.text} <span class="aside">The files are in <code>examples/{shown.folder}</code>.</span></p>
      <ol class="steps">{shown.steps.map((s, i) => (
        <li key={i} class={`${states[i] ? 'done' : ''}${i === next ? ' next' : ''}`} aria-current={i === next ? 'step' : undefined}>
          <span class="number">{states[i] ? <Tick size={12} /> : i + 1}</span>
          <div>
            <p><b class={`kind ${s.kind}`}>{s.kind}</b> {s.text}</p>
            {s.command && <div class="command"><code>{s.command}</code><CopyButton text={s.command} /></div>}
            <div class="actions">
              {s.manifest && mayApply && <button class="act" onClick={() => run(s)}>Apply</button>}
              {s.open && <button class="act" disabled={!s.open(scene)} onClick={() => onOpen(s.open!(scene)!)}>Go in</button>}
              {s.ask && <button class="act" disabled={!s.ask(scene)} onClick={() => { const q = s.ask!(scene)!; onAsk(q[0], q[1]); }}>Ask</button>}
              <small>{states[i] ? 'the cluster says so' : i === next ? 'waiting for the cluster' : ''}</small>
            </div>
          </div>
        </li>
      ))}</ol>
      {said && <p class="aside" role="status">{said}</p>}
      {!mayApply && <p class="aside">The map only looks. <code>vitrine map --allow-apply</code> makes a link that may apply these files too.</p>}
    </div>
  );
}
