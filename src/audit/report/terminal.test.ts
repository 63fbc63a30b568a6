// The lines for a terminal: their content and order, their width, and that no text of a run reaches the terminal unescaped.

import { describe, expect, it } from 'vitest';
import { textWidth, wrap } from '../../base/index.ts';
import { plain } from '../../page-kit/index.ts';
import { type Audit, CHECKS, type Verdict } from '../types.ts';
import { reportLines } from './index.ts';
import type { TerminalStyle } from './terminal-page.ts';
import { auditOf } from './testing/audits.ts';

const replayOf = (audit: Audit) => audit.checks.find(({ name }) => name === 'replay')!;
const bare: TerminalStyle = (_, text) => text;
const lines = (audit = auditOf(), width = 100) => reportLines(audit, { width, style: bare });

describe('lines for a terminal', () => {
  it('begin with the verdict and its mark', () => {
    const first = (verdict: Verdict) => lines(auditOf({ verdict }))[0];
    expect(first('holds')).toMatch(/^✓ HOLDS \(SELF-AUDIT\) {2}hello: /);
    expect(first('refuted')).toMatch(/^✕ REFUTED {2}hello: /);
    expect(first('incomplete')).toMatch(/^\? INCOMPLETE {2}hello: /);
  });

  it('have a line for each check, even if it was not run', () => {
    const audit = auditOf();
    audit.checks = audit.checks.slice(0, 2);
    const text = lines(audit).join('\n');
    for (const name of ['structure', 'schedule']) expect(text).toMatch(new RegExp(`^  ✓ ${name} `, 'm'));
    // The register is checked only if the auditor has one.
    for (const name of CHECKS.slice(2, -2)) expect(text).toMatch(new RegExp(`^  – ${name} +not run$`, 'm'));
  });

  it('name file, step and tensor', () => {
    const text = lines(auditOf({ verdict: 'refuted' }), 200).join('\n');
    expect(text).toContain(
      '✕ checkpoints/step-000168/state.safetensors, step 168, model.layers.2.self_attn.q_proj.weight: 36,112',
    );
  });

  it('show replay, chance and cost, and the next commands', () => {
    const text = reportLines(auditOf({ claimed: true }), {
      width: 100,
      style: bare,
      jikji: 'bin/jikji',
      target: "'my run'",
    }).join('\n');
    expect(text).toContain('4 of 32 segments, 24 of 190 steps (12.6%)');
    expect(text).toMatch(/█·+█·+█·+█·+/);
    expect(text).toContain('1: 6.6%');
    expect(text).toContain('22 seconds, 31% of the time that training takes here; 15 seconds of it replay');
    expect(text).toContain('unseen with an even chance: segments that hold at most ');
    expect(text).toContain('says little of 29 of 38 tensors');
    expect(text).toContain("bin/jikji audit 'my run' --report report.html");
  });

  it('claim no detection for a self-audit, or if nothing was drawn', () => {
    expect(lines().join('\n')).toContain('self-audit, no detection claimed');
    expect(lines().join('\n')).toContain('not lodged: no trusted time');
    const nothing = auditOf({ drawn: 0 });
    nothing.detection.reason = 'too few segments to draw from';
    expect(lines(nothing).join('\n')).toContain('no segment drawn at random, no detection claimed');
    const all = lines(auditOf({ replayAll: true })).join('\n');
    expect(all).toContain('nothing left to chance');
    expect(all).not.toContain('--replay all');
  });

  it('name each source of a requested comparison, with the reason', () => {
    const audit = auditOf();
    const one = (standing: 'compared' | 'maker', reason: string) => ({ name: 'te\u001bxts', standing, reason });
    audit.data.sources = [one('compared', 'gives the same texts'), one('maker', 'no file matches "te"')];
    const text = (sources: boolean) => reportLines(audit, { width: 100, style: bare, sources }).join('\n');
    expect(text(true)).toMatch(
      /^ +compared: te⟨U\+001B⟩xts: gives the same texts\n +not compared: te⟨U\+001B⟩xts: no file matches "te"$/m,
    );
    expect(text(false)).not.toContain('compared: ');
    audit.data.sources = Array.from({ length: 4096 }, () => one('maker', 'r'));
    expect(reportLines(audit, { width: 100, style: bare, sources: true }).length).toBeLessThan(60);
    expect(text(true)).toContain('and 4,089 more: --json');
  });

  it('fit the terminal, Korean and long words included', () => {
    for (const width of [40, 57, 80, 133]) {
      const audit = auditOf({ verdict: 'refuted', lodged: true, claimed: true });
      audit.run.name = '가나다라 마바사 '.repeat(20);
      replayOf(audit).findings[0].tensor = '텐서.'.repeat(60);
      audit.checks[0].detail = 'x'.repeat(300);
      for (const line of lines(audit, width)) expect(textWidth(line)).toBeLessThanOrEqual(width);
    }
  });

  it('let no control character of a run through', () => {
    const evil = '\u001b[2J\u001b]0;owned\u0007\r\n\u202eabc\u009b31m';
    const audit = auditOf({ verdict: 'refuted', lodged: true });
    audit.run = { ...audit.run, name: evil, maker: evil, office: evil, lodgedAt: evil };
    for (const check of audit.checks) {
      check.detail = evil;
      check.notes = [evil];
      check.findings = [{ verdict: 'refuted', file: evil, step: Number.NaN, tensor: evil, text: evil }];
    }
    expect(lines(audit).join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  it('stay few for any number of findings', () => {
    const audit = auditOf({ steps: 1_000_000, every: 10, verdict: 'refuted', replayAll: true });
    const [finding] = replayOf(audit).findings;
    replayOf(audit).findings = Array.from({ length: 100_000 }, () => finding);
    expect(lines(audit).length).toBeLessThan(60);
  });

  it('exist for empty runs', () => {
    expect(lines(auditOf({ steps: 0 })).length).toBeGreaterThan(8);
    expect(lines(auditOf({ steps: 1 }), Number.NaN).length).toBeGreaterThan(8);
  });
});

describe('plain texts', () => {
  it('wrap keeps every character', () => {
    for (const text of ['a bb ccc dddd', '한국어 문장입니다', 'x'.repeat(50), ''])
      for (const width of [2, 3, 7, 20]) {
        const wrapped = wrap(text, width);
        expect(wrapped.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        for (const line of wrapped) expect(textWidth(line)).toBeLessThanOrEqual(width);
      }
  });

  it('long runs of accents are cut', () => {
    expect(plain(`a${'\u0301'.repeat(400)}b`)).toBe(`a${'\u0301'.repeat(4)}b`);
  });
});
